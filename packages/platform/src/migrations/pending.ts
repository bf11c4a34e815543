import type { Phase } from '@plumbline/contract/release';

/** A migration as a release has it. */
export interface ReleaseFile {
  readonly name: string;
  readonly digest: string;
  readonly phase: Phase | null;
}

/** A migration as a database has it. */
export interface AppliedFile {
  readonly name: string;
  /** Of the file that was applied; null where somebody else than Plumbline applied it. */
  readonly digest: string | null;
  readonly phase: Phase | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What is to be applied, in order, or why nothing may be. */
export type Pending =
  | {
      readonly kind: 'pending';
      /** Expand, backfill, and what declares no phase. */
      readonly now: readonly string[];
      /** What removes or tightens, which is a delivery of its own. */
      readonly contracts: readonly string[];
      readonly notes: readonly string[];
    }
  | { readonly kind: 'refused'; readonly because: string; readonly hint: string };

/**
 * Compares a release's files with what its database has. Names that only the database knows are those of a newer release,
 * and do no harm as long as this one adds nothing; if both know what the other does not, nobody has ever tried the two together.
 */
export const pendingOf = (files: readonly ReleaseFile[], applied: readonly AppliedFile[]): Pending => {
  const pending = files.filter(({ name }) => !applied.some((one) => one.name === name));
  const foreign = applied.filter(({ name }) => !files.some((one) => one.name === name)).map(({ name }) => name);
  const edited = files.filter((file) => isEdited(file, applied)).map(({ name }) => name);
  if (edited.length > 0) return editedSince(edited);
  if (pending.length > 0 && foreign.length > 0) return apart(names(pending), foreign);
  const contracts = pending.filter(({ phase }) => phase === 'contract');
  return {
    kind: 'pending',
    now: names(pending.filter(({ phase }) => phase !== 'contract')),
    contracts: names(contracts),
    notes: late(names(pending), applied),
  };
};

const names = (files: readonly ReleaseFile[]): readonly string[] => files.map(({ name }) => name);

const isEdited = ({ name, digest }: ReleaseFile, applied: readonly AppliedFile[]): boolean => {
  const before = applied.find((one) => one.name === name)?.digest ?? null;
  return before !== null && before !== digest;
};

const editedSince = (edited: readonly string[]): Pending => ({
  kind: 'refused',
  because: `${list(edited)} ${edited.length > 1 ? 'are' : 'is'} not what was applied: edited since`,
  hint: `give it its old content again, and write what is new into a file of its own; where only the compiler wrote it otherwise: update plumbline_journal.migration_journal set digest = null where file = '${edited[0]}'`,
});

const apart = (pending: readonly string[], foreign: readonly string[]): Pending => {
  const renamed = foreign.find((name) => pending.some((other) => stem(other) === stem(name)));
  if (renamed !== undefined)
    return {
      kind: 'refused',
      because: `${pending.find((other) => stem(other) === stem(renamed))} is recorded as ${renamed}: it would be applied a second time`,
      hint: 'give the file its old name again, or rename it in the tables knex_migrations and plumbline_journal.migration_journal',
    };
  return {
    kind: 'refused',
    because: `the database has ${list(foreign)}, which this release does not know, and lacks ${list(pending)}`,
    hint: 'bring both into one line: merge the branch that has the others, and ship that',
  };
};

/** A contract is expected to come late; another file between applied ones was merged late, and ran nowhere in this order. */
const late = (pending: readonly string[], applied: readonly AppliedFile[]): readonly string[] =>
  pending.flatMap((name) => {
    const after = applied.filter((one) => one.phase !== 'contract' && one.name > name).map((one) => one.name);
    return after.length === 0
      ? []
      : [`${name} is out of order: ${list(after)} ${after.length > 1 ? 'are' : 'is'} applied already`];
  });

const stem = (name: string): string => name.replace(/\.[cm]?[jt]s$/, '');
const list = (all: readonly string[]): string =>
  all.length > 3 ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} more` : all.join(', ');
