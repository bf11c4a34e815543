import type { Release, ReleaseContent } from '@plumbline/contract/release';

/** One thing that two releases differ in; null where a release does not have it. */
export interface Change {
  readonly what: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What differs between two releases, service by service, then what they share. */
export const diffReleases = (older: Release, newer: Release): readonly Change[] => {
  const before = factsOf(older.content);
  const after = factsOf(newer.content);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((what) => ({ what, before: before.get(what) ?? null, after: after.get(what) ?? null }))
    .filter((change) => change.before !== change.after);
};

/** Everything that a release says, in words that can be set beside another's. */
const factsOf = (content: ReleaseContent): ReadonlyMap<string, string> => {
  const facts = new Map<string, string>();
  for (const { name, variables, ...fields } of content.services) {
    for (const [field, value] of Object.entries(fields)) add(facts, `${name} ${field}`, value);
    for (const [variable, value] of Object.entries(variables))
      add(facts, `${name} variable ${variable}`, variableWords(value));
  }
  for (const { name, ...fields } of content.stores)
    for (const [field, value] of Object.entries(fields)) add(facts, `store ${name} ${field}`, value);
  const { migrations } = content;
  if (migrations?.kind === 'knex')
    for (const { name, digest } of migrations.files) facts.set(`migration ${name}`, digest);
  if (migrations?.kind === 'command')
    facts.set('migration command', `${migrations.command.join(' ')} (${migrations.digest})`);
  add(facts, 'seed', content.seed?.command);
  for (const [index, { method, path, expect }] of content.smoke.entries())
    facts.set(`smoke step ${index + 1}`, `${method} ${path} → ${expect}`);
  add(facts, 'stamp', content.stamp);
  return facts;
};

const add = (facts: Map<string, string>, what: string, value: unknown): void => {
  if (value === null || value === undefined) return;
  facts.set(what, typeof value === 'string' ? value : Array.isArray(value) ? value.join(' ') : JSON.stringify(value));
};

const variableWords = (variable: ReleaseContent['services'][number]['variables'][string]): string => {
  switch (variable.from) {
    case 'value':
      return variable.value;
    case 'secret':
      return `secret://${variable.secret}`;
    case 'store':
      return `the address of ${variable.store}`;
    default:
      return variable satisfies never;
  }
};
