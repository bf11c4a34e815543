import type { Environment } from './environment.ts';
import type { Finding } from './finding.ts';
import { type DescribedFreeze, readFreeze } from './freeze.ts';
import { errorAt, type Located } from './located.ts';

type One = Located<Environment>;

/** The freezes of one environment: whether each can be understood, and has a name of its own. */
export const checkFreezes = (one: One): readonly Finding[] => [
  ...checkList(one, one.value.freezes, ['freezes']),
  ...checkList(one, one.value.local.freezes ?? [], ['local', 'freezes']),
];

const checkList = (one: One, freezes: readonly DescribedFreeze[], path: readonly string[]): readonly Finding[] =>
  freezes.flatMap((freeze, index) => {
    const read = readFreeze(freeze);
    const wrong = 'wrong' in read ? read.wrong : [];
    return [
      ...wrong.map(({ key, message }) => errorAt(one, [...path, index, key], message)),
      ...(freezes.findIndex(({ name }) => name === freeze.name) < index
        ? [errorAt(one, [...path, index, 'name'], `the freeze "${freeze.name}" is there twice`)]
        : []),
    ];
  });
