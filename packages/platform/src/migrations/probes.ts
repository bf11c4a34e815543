import pg from 'pg';
import type { RelationFacts, SchemaFacts } from './schema-facts.ts';
import { sqlErrorOf } from './trace-connection.ts';
import type { SqlError } from './trace-words.ts';

/** A statement that code of the old release may send. */
export interface Probe {
  readonly relation: string;
  /**
   * reads, inserts, updates, deletes: any code that uses the table does so. leaves-out: code may leave out what has a default or may be
   * NULL. sent: the old release has really sent it.
   */
  readonly use: 'reads' | 'inserts' | 'updates' | 'deletes' | 'leaves-out' | 'sent';
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** A statement that the old release sent, with the values that it sent. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface ProbeFailure {
  readonly probe: Probe;
  readonly error: SqlError;
}

const quoted = (name: string): string =>
  name
    .split('.')
    .map((part) => pg.escapeIdentifier(part))
    .join('.');
const list = (names: readonly string[]): string => names.map((name) => pg.escapeIdentifier(name)).join(', ');

/** What old code may do with every relation of a schema; `fresh` are rows that it could insert. Pure. */
export const probesFor = (
  { relations }: SchemaFacts,
  fresh: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): readonly Probe[] =>
  relations.flatMap((relation) => {
    const { name, kind, columns } = relation;
    if (kind === 'S') return [{ relation: name, use: 'reads', sql: 'select nextval($1)', values: [quoted(name)] }];
    const read: Probe = {
      relation: name,
      use: 'reads',
      sql: `select ${list(columns.map((column) => column.name))} from ${quoted(name)} limit 1`,
      values: [],
    };
    if ((kind !== 'r' && kind !== 'p') || relation.isPartition || columns.length === 0) return [read];
    return [read, ...writesOf(relation, fresh)];
  });

const writesOf = (
  { name, columns }: RelationFacts,
  fresh: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): readonly Probe[] => {
  const row = [...fresh].find(([table]) => table.replaceAll('"', '') === name)?.[1];
  if (row === undefined) return [];
  const insert = (use: Probe['use'], names: readonly string[]): Probe =>
    names.length === 0
      ? { relation: name, use, sql: `insert into ${quoted(name)} default values`, values: [] }
      : {
          relation: name,
          use,
          sql: `insert into ${quoted(name)} (${list(names)}) select ${list(names)} from jsonb_populate_record(null::${quoted(name)}, $1::jsonb)`,
          values: [JSON.stringify(row)],
        };
  const given = columns.filter((column) => column.name in row);
  const needed = given.filter((column) => column.isRequired && column.default === null);
  const settable = columns
    .filter(({ isAlwaysFilled }) => !isAlwaysFilled)
    .map((column) => pg.escapeIdentifier(column.name));
  return [
    insert(
      'inserts',
      given.map((column) => column.name),
    ),
    insert(
      'leaves-out',
      needed.map((column) => column.name),
    ),
    {
      relation: name,
      use: 'deletes',
      sql: `delete from ${quoted(name)} where ctid = any (array(select ctid from ${quoted(name)} limit 1))`,
      values: [],
    },
    {
      relation: name,
      use: 'updates',
      sql: `update ${quoted(name)} set ${settable.map((column) => `${column} = ${column}`).join(', ')}`,
      values: [],
    },
  ];
};

/** The statements that fail, in a transaction that is rolled back. */
export const failuresOf = async (client: pg.Client, probes: readonly Probe[]): Promise<readonly ProbeFailure[]> => {
  const failures: ProbeFailure[] = [];
  await client.query('begin');
  try {
    for (const probe of probes) {
      const error = await errorOf(client, probe);
      if (error !== null) failures.push({ probe, error });
    }
    return failures;
  } finally {
    await client.query('rollback');
  }
};

/** What was sent is kept until the end, so that two of them can be in each other's way; what was made up is not. */
const errorOf = async (client: pg.Client, { use, sql, values }: Probe): Promise<SqlError | null> => {
  await client.query('savepoint probe');
  try {
    const { rowCount } = await client.query(sql, [...values]);
    if (use !== 'sent') await client.query('rollback to probe');
    return rowCount === 0 && writing.has(use) ? writtenNowhere : null;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('rollback to probe');
    // Rows that it refers to are not in a shadow: whether they would be there is not what is asked.
    if (use === 'sent' && error.code === '23503') return withoutForeignKeys(client, sql, values);
    return sqlErrorOf(error);
  }
};

const writing: ReadonlySet<Probe['use']> = new Set(['inserts', 'updates', 'deletes']);

/** A rule or a trigger may swallow a row without a word. */
const writtenNowhere: SqlError = { sqlState: null, message: 'no row is written', detail: null, constraint: null };

const withoutForeignKeys = async (
  client: pg.Client,
  sql: string,
  values: readonly unknown[],
): Promise<SqlError | null> => {
  await client.query('set local session_replication_role = replica');
  try {
    await client.query(sql, [...values]);
    return null;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('rollback to probe');
    return sqlErrorOf(error);
  } finally {
    await client.query('set local session_replication_role = origin');
  }
};

/** What was sent, as probes. */
export const probesOfSent = (statements: readonly SentStatement[]): readonly Probe[] =>
  statements.map(({ text, values }) => ({ relation: '', use: 'sent', sql: text, values }));

/** Failures that were none before. */
export const newFailures = (before: readonly ProbeFailure[], after: readonly ProbeFailure[]): readonly ProbeFailure[] =>
  after.filter(({ probe }) => !before.some((one) => one.probe === probe));
