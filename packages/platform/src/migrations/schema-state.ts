import type { Phase } from '@plumbline/contract/release';
import pg from 'pg';
import { asFailure } from '../kernel/database-errors.ts';
import type { Asks } from './journal.ts';
import { invalidIndexes, unvalidatedConstraints } from './leftovers.ts';
import type { AppliedFile } from './pending.ts';

/** What a database says of its migrations. */
export interface SchemaState {
  /** In the order in which they were applied. */
  readonly applied: readonly AppliedFile[];
  /** What was begun and not ended, and what it left. */
  readonly notes: readonly string[];
}

/** Asks a database what was applied to it; nothing, before the first. */
export const schemaState = async (databaseUrl: string): Promise<SchemaState> => {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'plumbline-migrate-list',
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  // A connection that breaks is told by the query that it breaks.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return { applied: await appliedTo(client), notes: await notesOn(client) };
  } catch (error) {
    throw asFailure(error, databaseUrl);
  } finally {
    await client.end();
  }
};

const isThere = async (client: Asks, table: string): Promise<boolean> => {
  const { rows } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [table]);
  return rows[0]?.found ?? false;
};

/** The files that knex has recorded, in order, with what the journal knows of them. */
export const appliedTo = async (client: Asks): Promise<readonly AppliedFile[]> => {
  if (!(await isThere(client, 'knex_migrations'))) return [];
  const hasJournal = await isThere(client, 'plumbline_journal.migration_journal');
  const { rows } = await client.query<{ name: string; digest: string | null; phase: Phase | null; at: number }>(
    hasJournal
      ? `select k.name, j.digest, j.phase, extract(epoch from k.migration_time)::float8 * 1000 as at
         from knex_migrations k left join plumbline_journal.migration_journal j on j.file = k.name order by k.id`
      : 'select name, null as digest, null as phase, extract(epoch from migration_time)::float8 * 1000 as at from knex_migrations order by id',
  );
  return rows;
};

const notesOn = async (client: Asks): Promise<readonly string[]> => [
  ...(await unfinished(client)),
  ...(await invalidIndexes(client)).map(
    ({ name, table }) => `the index ${name} on ${table} is invalid: it is kept up and never used`,
  ),
  ...(await unvalidatedConstraints(client)).map(
    ({ name, table }) => `the constraint ${name} on ${table} is not validated: it holds for new rows alone`,
  ),
];

const unfinished = async (client: Asks): Promise<readonly string[]> => {
  if (!(await isThere(client, 'plumbline_journal.migration_journal'))) return [];
  const { rows } = await client.query<{
    file: string;
    statement: number;
    sql: string | null;
    minutes: number;
    filled: number;
  }>(
    `select file, statement, sql, filled::float8 as filled, (extract(epoch from now() - begun_at) / 60)::int as minutes
     from plumbline_journal.migration_journal where state <> 'applied' order by file`,
  );
  return rows.map(({ file, statement, sql, minutes, filled }) => {
    const where = filled > 0 ? `${filled} rows are filled` : `statement ${statement}: ${firstWords(sql ?? 'none yet')}`;
    return `${file} was begun ${minutes} min ago and has not ended: ${where}`;
  });
};

/** Enough of a statement to know it by, and too little to tell what is in its rows. */
export const firstWords = (sql: string): string => {
  const words = sql.replace(/\s+/g, ' ').trim().split(' ');
  const plain =
    words
      .slice(0, 8)
      .join(' ')
      .split(/['$]|\b\d/)[0]
      ?.trim() ?? '';
  return words.length > 8 || plain.length < sql.trim().length ? `${plain} …` : plain;
};
