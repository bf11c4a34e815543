import type { EnvironmentName } from '@plumbline/contract/names';
import type { Notice } from '@plumbline/contract/notice';
import type { Description } from '../environments/description.ts';
import type { DescribedNotifier } from './notifiers/index.ts';

/** How a receiver is called: by its name, or else by its kind. */
export const nameOf = ({ name, kind }: DescribedNotifier): string => name ?? kind;

/** The names of those who are to be told. Pure. */
export const receiversOf = (
  { notify }: Pick<Description, 'notify'>,
  { kind, environment }: Pick<Notice, 'kind' | 'environment'>,
): readonly string[] => notify.filter((one) => wants(one, kind) && isFor(one, environment)).map(nameOf);

export const isFor = ({ environments }: DescribedNotifier, environment: EnvironmentName): boolean =>
  environments?.includes(environment) ?? true;

const wants = ({ on }: DescribedNotifier, kind: Notice['kind']): boolean => {
  if (kind === 'test') return true;
  return on?.includes(kind) ?? kind !== 'superseded';
};

/** The secrets that a receiver needs, by the key of the description that refers to them. */
export const referencesOf = (one: DescribedNotifier): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(one).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].startsWith('secret://'),
    ),
  );
