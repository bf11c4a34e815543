import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import type { NotifierKind } from './notifier.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

/** Every kind of receiver. */
const kinds = [slack, webhook] as const;

const [first, ...others] = kinds;
const names = kinds.map(({ kind }) => kind);

/** A receiver as the description has it. */
export const describedNotifier = z.discriminatedUnion(
  'kind',
  [first.described, ...others.map(({ described }) => described)],
  { error: `must be ${names.join(' or ')}` },
);
export type DescribedNotifier = z.output<typeof describedNotifier>;

/** The kind of a name, which the description has let through. */
export const notifierKind = (name: DescribedNotifier['kind']): NotifierKind => {
  const kind = kinds.find((one) => one.kind === name);
  if (!kind) throw new Failure('bug', `there is no notifier of kind ${name}; there are ${names.join(', ')}`);
  return kind;
};
