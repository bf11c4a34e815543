/** What is to be applied, or why nothing may be. */
export type Pending =
  | { readonly kind: 'pending'; readonly names: readonly string[] }
  | { readonly kind: 'refused'; readonly because: string; readonly hint: string };

/**
 * Compares a release's files with what its database has. Names that only the database knows are those of a newer release,
 * and do no harm as long as this one adds nothing; if both know what the other does not, nobody has ever tried the two together.
 */
export const pendingOf = (files: readonly string[], recorded: readonly string[]): Pending => {
  const pending = files.filter((name) => !recorded.includes(name));
  const foreign = recorded.filter((name) => !files.includes(name));
  if (pending.length === 0 || foreign.length === 0) return { kind: 'pending', names: pending };
  const renamed = foreign.find((name) => pending.some((other) => stem(other) === stem(name)));
  if (renamed !== undefined)
    return {
      kind: 'refused',
      because: `${pending.find((other) => stem(other) === stem(renamed))} is recorded as ${renamed}: it would be applied a second time`,
      hint: 'give the file its old name again, or rename it in the table knex_migrations',
    };
  return {
    kind: 'refused',
    because: `the database has ${list(foreign)}, which this release does not know, and lacks ${list(pending)}`,
    hint: 'bring both into one line: merge the branch that has the others, and ship that',
  };
};

const stem = (name: string): string => name.replace(/\.[cm]?[jt]s$/, '');
const list = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
