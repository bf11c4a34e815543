import type { Phase } from '@plumbline/contract/release';
import type pg from 'pg';
import type { ReleaseFile } from './pending.ts';

/** Runs statements: a client, or a connection of knex's. */
export interface Asks {
  query<R extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

/**
 * What Plumbline knows of each file beside knex's record: what it was, how far it came, and when. It lies in the app's own
 * database, so that it is restored with it, and so that a file and its journal are one transaction. The schema is called as
 * no user is: PostgreSQL makes tables in the schema of the user's own name, where there is one.
 */
const tables = `
  create schema if not exists plumbline_journal;
  create table if not exists plumbline_journal.migration_journal (
    file text primary key,
    digest text,
    phase text,
    state text not null check (state in ('begun', 'ran', 'applied')),
    in_transaction boolean not null,
    statement integer not null default 0,
    sql text,
    -- How far a backfill came: the key of the last row, and how many rows it filled.
    key text[],
    filled bigint not null default 0,
    begun_at timestamptz not null default now(),
    ended_at timestamptz
  );
  create table if not exists plumbline_journal.migration_statements (
    file text not null,
    n integer not null,
    hash text not null,
    state text not null check (state in ('begun', 'done')),
    row_count integer,
    answered boolean not null default false,
    primary key (file, n)
  )`;

/** Makes the tables where they are not there yet, and takes over what somebody else applied: as it is in the release now. */
export const openJournal = async (held: Asks, files: readonly ReleaseFile[]): Promise<void> => {
  await held.query(tables);
  await held.query(
    `insert into plumbline_journal.migration_journal as j (file, digest, phase, state, in_transaction, begun_at, ended_at)
     select f.name, f.digest, f.phase, 'applied', true, k.migration_time, k.migration_time
     from jsonb_to_recordset($1::jsonb) as f (name text, digest text, phase text) join knex_migrations k on k.name = f.name
     on conflict (file) do update set digest = coalesce(j.digest, excluded.digest), state = 'applied',
       phase = coalesce(j.phase, excluded.phase), ended_at = coalesce(j.ended_at, excluded.ended_at)
     where j.digest is null or j.state <> 'applied'`,
    [JSON.stringify(files)],
  );
  await held.query(
    "delete from plumbline_journal.migration_statements s using plumbline_journal.migration_journal j where j.file = s.file and j.state = 'applied'",
  );
};

/** What is known of a file that was begun. */
export interface Begun {
  readonly state: 'begun' | 'ran';
  readonly inTransaction: boolean;
  readonly digest: string | null;
  readonly statement: number;
  readonly sql: string | null;
  readonly key: readonly string[] | null;
  readonly filled: number;
}

/** What an earlier runner left of a file; null when it never began, or was undone. */
export const leftOf = async (held: Asks, file: string): Promise<Begun | null> => {
  const { rows } = await held.query<Begun>(
    `select state, in_transaction as "inTransaction", digest, statement, sql, key, filled::float8 as filled
     from plumbline_journal.migration_journal where file = $1 and state <> 'applied'`,
    [file],
  );
  return rows[0] ?? null;
};

export interface Beginning {
  readonly name: string;
  readonly digest: string | null;
  readonly phase: Phase | null;
  readonly inTransaction: boolean;
}

/** Writes down that a file begins. What an earlier runner left of it stays, unless it rolled back with its transaction. */
export const begin = async (held: Asks, { name, digest, phase, inTransaction }: Beginning): Promise<void> => {
  await held.query(
    `insert into plumbline_journal.migration_journal as j (file, digest, phase, state, in_transaction) values ($1, $2, $3, 'begun', $4)
     on conflict (file) do update set digest = excluded.digest, phase = excluded.phase, in_transaction = excluded.in_transaction,
       state = case when j.state = 'applied' then 'begun' else j.state end, ended_at = null,
       statement = case when excluded.in_transaction then 0 else j.statement end`,
    [name, digest, phase, inTransaction],
  );
};

/** Shows which statement runs. */
export const atStatement = async (held: Asks, file: string, n: number, sql: string): Promise<void> => {
  await held.query('update plumbline_journal.migration_journal set statement = $2, sql = $3 where file = $1', [
    file,
    n,
    sql,
  ]);
};

/** Writes down that all of a file has run, on the connection that ran it: `ran` while knex's record is still to come. */
export const ended = async (on: Asks, file: string, state: 'ran' | 'applied'): Promise<void> => {
  await on.query(
    'update plumbline_journal.migration_journal set state = $2, ended_at = clock_timestamp() where file = $1',
    [file, state],
  );
  if (state === 'applied') await on.query('delete from plumbline_journal.migration_statements where file = $1', [file]);
};

/** Forgets a file that was undone. */
export const forget = async (on: Asks, file: string): Promise<void> => {
  await on.query('delete from plumbline_journal.migration_statements where file = $1', [file]);
  await on.query('delete from plumbline_journal.migration_journal where file = $1', [file]);
};
