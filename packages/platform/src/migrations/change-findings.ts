import type { FindingSeverity } from '@plumbline/contract/migration-check';
import type { Compatibility } from './compatibility-findings.ts';
import type { ProbeFailure } from './probes.ts';
import { waysOf } from './safe-ways.ts';
import { firstLine, lineAbout, type Said, short } from './said.ts';
import type { SchemaChange } from './schema-changes.ts';
import { isWidening } from './type-widening.ts';

export interface About {
  readonly relation: string | null;
  readonly names: readonly string[];
}
export type Told = Said & { readonly about: About };

/** What one change of the catalogue means for the old release, with the statement that was tried for it. Pure. */
export const findingsOfChange = (change: SchemaChange, facts: Compatibility): readonly Told[] => {
  const { file } = facts;
  const say = (
    id: string,
    severity: FindingSeverity,
    message: string,
    names: readonly string[],
    column = '',
  ): Told[] => {
    const relation = 'relation' in change ? change.relation : null;
    const proof = proofOf(names, facts.failures);
    return [
      {
        id,
        severity,
        line: lineAbout(file, ...names, ...(relation === null ? [] : [relation])),
        message: `${message}${proof}`,
        fix: waysOf(id, { table: relation === null ? '' : short(relation), column, sql: '', node: {} }),
        about: { relation, names },
      },
    ];
  };
  switch (change.kind) {
    case 'column-dropped':
    case 'column-renamed':
    case 'column-added':
    case 'type-changed':
    case 'default-dropped':
    case 'required':
    case 'not-required':
      return ofColumn(change, facts, say);
    case 'relation-dropped':
    case 'relation-renamed':
      return ofRelation(change, facts, say);
    case 'constraint-added':
    case 'constraint-dropped':
    case 'constraint-renamed':
    case 'unique-index-added':
    case 'unique-index-dropped':
      return ofRule(change, facts, say);
    case 'function-dropped':
    case 'enum-value-gone':
    case 'enum-value-added':
    case 'grant-removed':
    case 'row-security-enabled':
    case 'trigger-added':
      return ofRest(change, say);
    default:
      return change satisfies never;
  }
};

/** Tables, views and sequences. */
const ofRelation = (
  change: Of<'relation-dropped' | 'relation-renamed'>,
  facts: Compatibility,
  say: Say,
): readonly Told[] => {
  const { relation, what, to } = change;
  if (
    what === 'sequence' &&
    facts.changes.some((one) => one.kind !== change.kind || one.relation !== relation) &&
    ownsSequence(change, facts)
  )
    return [];
  return say(
    change.kind,
    'error',
    `the old release uses the ${what} ${short(relation)}, which is ${to === null ? 'gone' : `now ${short(to)}`}`,
    [short(relation)],
  );
};

/** Columns. */
const ofColumn = (
  change: Of<
    | 'column-dropped'
    | 'column-renamed'
    | 'column-added'
    | 'type-changed'
    | 'default-dropped'
    | 'required'
    | 'not-required'
  >,
  facts: Compatibility,
  say: Say,
): readonly Told[] => {
  switch (change.kind) {
    case 'column-dropped':
    case 'column-renamed':
      return say(
        change.kind,
        'error',
        `the old release uses ${short(change.relation)}.${change.column}, which is ${change.to === null ? 'gone' : `now ${change.to}`}`,
        [change.column],
        change.column,
      );
    case 'column-added':
      return ofAdded(change, facts, say);
    case 'type-changed':
      return ofType(change, say);
    case 'default-dropped':
      return change.isRequired
        ? say(
            'default-dropped',
            'error',
            `an INSERT of the old release that leaves out ${short(change.relation)}.${change.column} fails (23502): its default is gone, and it must have a value`,
            [change.column],
            change.column,
          )
        : say(
            'default-dropped',
            'warning',
            `an INSERT of the old release that leaves out ${short(change.relation)}.${change.column} gets NULL from now on`,
            [change.column],
            change.column,
          );
    case 'required':
      return say(
        'column-tightened',
        leftTo(facts, change.relation),
        `an INSERT of the old release that leaves out ${short(change.relation)}.${change.column} fails (23502)${unproven(facts, change.relation)}`,
        [change.column],
        change.column,
      );
    case 'not-required':
      return say(
        'nulls-allowed',
        'notice',
        `the old release may meet NULL in ${short(change.relation)}.${change.column} as soon as the new one writes it`,
        [change.column],
        change.column,
      );
    default:
      return change satisfies never;
  }
};

/** Constraints and unique indexes. */
const ofRule = (
  change: Of<
    'constraint-added' | 'constraint-dropped' | 'constraint-renamed' | 'unique-index-added' | 'unique-index-dropped'
  >,
  facts: Compatibility,
  say: Say,
): readonly Told[] => {
  switch (change.kind) {
    case 'constraint-added':
      return ofConstraint(change, facts, say);
    case 'constraint-dropped':
      return 'pux'.includes(change.constraint)
        ? say(
            'uniqueness-dropped',
            'error',
            `ON CONFLICT of the old release on ${short(change.relation)} (${change.columns.join(', ')}) fails (42P10), and duplicates are let in`,
            [change.name],
          )
        : say(
            'constraint-dropped',
            'notice',
            `${change.name} no longer keeps wrong rows out of ${short(change.relation)}`,
            [change.name],
          );
    case 'constraint-renamed':
      return say(
        'constraint-renamed',
        'pux'.includes(change.constraint) ? 'error' : 'notice',
        `ON CONFLICT ON CONSTRAINT ${change.name} of the old release fails (42704), and code that knows an error by the name no longer does`,
        [change.name],
      );
    case 'unique-index-added':
      return hasConstraint(change, facts)
        ? []
        : say(
            'uniqueness-added',
            leftTo(facts, change.relation),
            `a duplicate (${change.columns.join(', ')}) that the old release writes to ${short(change.relation)} fails (23505)${unproven(facts, change.relation)}`,
            [change.name.split('.').at(-1) ?? ''],
          );
    case 'unique-index-dropped':
      return hasConstraint(change, facts) || hasTwin(change, facts)
        ? []
        : say(
            'uniqueness-dropped',
            'error',
            `ON CONFLICT of the old release on ${short(change.relation)} (${change.columns.join(', ')}) fails (42P10), and duplicates are let in`,
            [change.name.split('.').at(-1) ?? ''],
          );
    default:
      return change satisfies never;
  }
};

/** Functions, types, rights and triggers. */
const ofRest = (
  change: Of<
    | 'function-dropped'
    | 'enum-value-gone'
    | 'enum-value-added'
    | 'grant-removed'
    | 'row-security-enabled'
    | 'trigger-added'
  >,
  say: Say,
): readonly Told[] => {
  switch (change.kind) {
    case 'function-dropped':
      return say(
        'function-dropped',
        'error',
        `the old release may call ${short(change.name)}, which is gone or takes or answers something else`,
        [change.name.replace(/\(.*/s, '').split('.').at(-1) ?? ''],
      );
    case 'enum-value-gone':
      return say(
        'enum-value-gone',
        'error',
        `the old release writes and compares '${change.label}' of ${change.name}, which is no value of it any more (22P02)`,
        [change.label],
      );
    case 'enum-value-added':
      return say(
        'enum-value-added',
        'notice',
        `the old release may meet '${change.label}' of ${change.name} and not know it`,
        [change.label],
      );
    case 'grant-removed':
      return say(
        'rights-removed',
        'error',
        `${change.grant} on ${short(change.relation)} is taken away: whoever connects as that role fails (42501)`,
        [short(change.relation), 'revoke'],
      );
    case 'row-security-enabled':
      return say(
        'row-security',
        change.grants.length > 0 ? 'error' : 'warning',
        `with row security ${short(change.relation)} shows and takes no row but what a policy allows; its owner alone is not bound`,
        [short(change.relation), 'row'],
      );
    case 'trigger-added':
      return say(
        'trigger-added',
        'warning',
        `what the old release writes to ${short(change.relation)} now also runs ${change.name}`,
        [change.name],
      );
    default:
      return change satisfies never;
  }
};

type Say = (
  id: string,
  severity: FindingSeverity,
  message: string,
  names: readonly string[],
  column?: string,
) => Told[];
type Of<K extends SchemaChange['kind']> = SchemaChange & { readonly kind: K };

/** Its own sequence goes with a column or a table, and is not another finding. */
const ownsSequence = ({ relation }: { readonly relation: string }, { changes }: Compatibility): boolean =>
  changes.some(
    (one) =>
      (one.kind === 'relation-dropped' && one.what !== 'sequence' && relation.startsWith(`${one.relation}_`)) ||
      ((one.kind === 'column-dropped' || one.kind === 'column-renamed') &&
        relation.startsWith(`${one.relation}_${one.column}`)),
  );

const ofAdded = (
  { relation, column, type, isRequired, hasDefault }: Of<'column-added'>,
  facts: Compatibility,
  say: Say,
): Told[] => {
  if (isRequired && !hasDefault)
    return say(
      'column-required',
      'error',
      `every INSERT of the old release into ${short(relation)} fails (23502): it does not know ${column}, which must have a value`,
      [column],
      column,
    );
  const refused = facts.failures.some(
    ({ probe, error }) => probe.relation === relation && probe.use === 'inserts' && error.sqlState === '23514',
  );
  if (refused)
    return say(
      'column-required',
      'error',
      `every INSERT of the old release into ${short(relation)} fails (23514): it does not know ${column}, and a CHECK wants a value. NOT VALID spares the rows that are there, not those that come`,
      [column],
      column,
    );
  if (type === 'json')
    return say(
      'json-without-equality',
      'warning',
      `SELECT DISTINCT * and GROUP BY over ${short(relation)} fail (42883): json has no equality`,
      [column],
      column,
    );
  return [];
};

const ofType = ({ relation, column, from, to, isOtherInJs }: Of<'type-changed'>, say: Say): Told[] => {
  const what = `${short(relation)}.${column}`;
  if (isWidening(from, to) && !isOtherInJs) return [];
  return isOtherInJs
    ? say(
        'type-changed-for-readers',
        'error',
        `the old release reads ${what} as another type: ${from} became ${to}, which pg hands out differently (bigint and numeric come as text)`,
        [column],
        column,
      )
    : say(
        'type-narrowed',
        'error',
        `values that the old release writes to ${what} may no longer fit: ${from} became ${to}`,
        [column],
        column,
      );
};

const ofConstraint = (change: Of<'constraint-added'>, facts: Compatibility, say: Say): Told[] => {
  const { relation, name, constraint, columns, definition } = change;
  // On columns of this very release: what it does to old code is that of the column.
  const isNew = columns.every((column) =>
    facts.changes.some((one) => one.kind === 'column-added' && one.relation === relation && one.column === column),
  );
  if (isNew && columns.length > 0) return [];
  const codes: Readonly<Record<string, string>> = { c: '23514', f: '23503', x: '23P01', u: '23505', p: '23505' };
  const id = constraint === 'u' || constraint === 'p' ? 'uniqueness-added' : 'constraint-added';
  return say(
    id,
    leftTo(facts, relation),
    `a row that the old release writes to ${short(relation)} against ${definition.replace(/ NOT VALID$/, '')} fails (${codes[constraint]}), from the moment that the constraint is there, NOT VALID or not${unproven(facts, relation)}`,
    [name],
  );
};

/** What only the old release's own statements can tell: when they were captured, they have. */
const leftTo = ({ sent }: Compatibility, relation: string): FindingSeverity =>
  isSent(sent, relation) ? 'notice' : 'warning';
const unproven = ({ sent }: Compatibility, relation: string): string =>
  isSent(sent, relation)
    ? '; what it was seen to send still passes'
    : '; what it writes was not captured, so this is unproven';
const isSent = (sent: readonly string[], relation: string): boolean =>
  sent.some((sql) =>
    new RegExp(`\\b(insert into|update)\\s+"?${short(relation).replaceAll('.', '"?\\."?')}\\b`, 'i').test(sql),
  );

const hasConstraint = (
  { relation, columns }: { readonly relation: string; readonly columns: readonly string[] },
  { changes }: Compatibility,
): boolean =>
  changes.some(
    (one) =>
      (one.kind === 'constraint-added' || one.kind === 'constraint-dropped' || one.kind === 'constraint-renamed') &&
      one.relation === relation &&
      one.columns.join() === columns.join(),
  ) ||
  changes.some(
    (one) =>
      (one.kind === 'column-dropped' || one.kind === 'column-renamed') &&
      one.relation === relation &&
      columns.includes(one.column),
  );

/** One unique index in the place of another, or renamed, leaves all as it was. */
const hasTwin = (
  { relation, columns }: { readonly relation: string; readonly columns: readonly string[] },
  { changes }: Compatibility,
): boolean =>
  changes.some(
    (one) => one.kind === 'unique-index-added' && one.relation === relation && one.columns.join() === columns.join(),
  );

const proofOf = (names: readonly string[], failures: readonly ProbeFailure[]): string => {
  const found = failures.find(({ error }) => names.some((name) => name !== '' && error.message.includes(name)));
  return found ? ` (tried: ${found.error.sqlState} ${firstLine(found.error.message)})` : '';
};
