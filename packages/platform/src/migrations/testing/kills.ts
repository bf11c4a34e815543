import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { sha256 } from '../../kernel/canonical-json.ts';
import { waitFor } from '../../kernel/wait.ts';
import { startPostgres } from '../../testing/postgres.ts';
import { carryOut } from '../carry-out.ts';
import { declaredPhase } from '../declared-phase.ts';
import type { RunnerOrder } from '../runner-words.ts';
import { appliedTo } from '../schema-state.ts';
import { type Sever, severingProxy } from './severing-proxy.ts';

const alone = 'exports.config = { transaction: false };\n';
const up = (...statements: string[]) =>
  `exports.up = async (knex) => {\n${statements.map((sql) => `  await knex.raw(${JSON.stringify(sql)});\n`).join('')}};\n`;
const tells = (what: string) => `insert into ledger values ('${what}')`;

/** One of each kind. Nothing in them would go through twice, or it would show in the ledger. */
const batch: Readonly<Record<string, string>> = {
  '1.js': up('create table loans (id int primary key)', tells('1')),
  '2.js':
    alone + up('create table notes (n int)', tells('2a'), 'alter table people add column locale text', tells('2b')),
  '3.js': alone + up('create index concurrently people_name on people (name)', tells('3')),
  '4.js': `exports.phase = 'backfill';\nexports.backfill = { table: 'people', key: 'id', set: { locale: "'en'" }, batch: 10 };\n`,
  '5.js': up('alter table loans add column amount int', tells('5')),
};

const before = `
  drop schema public cascade; drop schema if exists plumbline_journal cascade; create schema public;
  create table ledger (what text); create table people (id int primary key, name text, filled int not null default 0);
  insert into people select n, 'p' || n from generate_series(1, 25) n;
  create function count_fills() returns trigger language plpgsql as $$ begin new.filled := old.filled + 1; return new; end $$;
  create trigger count_fills before update on people for each row execute function count_fills()`;

/** What is to be seen of a database afterwards: what the batch made, what it made twice, and what it left. */
const seen: Readonly<Record<string, string>> = {
  ledger: 'select what from ledger order by what',
  columns:
    "select table_name, column_name from information_schema.columns where table_schema = 'public' and table_name not like 'knex%' order by 1, 2",
  people: 'select locale, filled, count(*)::int as count from people group by 1, 2',
  indexes:
    "select indexrelid::regclass::text as name, indisvalid from pg_index where indrelid = 'people'::regclass order by 1",
  records: 'select name from knex_migrations order by id',
  journal: 'select file, digest, state, filled from plumbline_journal.migration_journal order by 1',
  statements: 'select * from plumbline_journal.migration_statements',
  lock: "select is_locked, obj_description('knex_migrations_lock'::regclass) as mark from knex_migrations_lock",
  locks:
    "select locktype from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() and locktype = 'advisory'",
};
export type Seen = Readonly<Record<string, readonly Record<string, unknown>[]>>;

export interface Life {
  readonly end: 'done' | Error;
  readonly said: readonly string[];
  /** How often PostgreSQL answered. */
  readonly answers: number;
}

export interface KillingGround {
  /** The database as it was before the batch. */
  reset(): Promise<void>;
  /** A runner applies the batch; it is cut off where that is asked for. */
  live(sever: Sever | null): Promise<Life>;
  see(): Promise<Seen>;
  close(): Promise<void>;
}

/** A database, and runners of one mixed batch that are cut off. */
export const openKillingGround = async (): Promise<KillingGround> => {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'plumb-killed-'));
  for (const [name, text] of Object.entries(batch)) await writeFile(path.join(folder, name), text);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    reset: async () => void (await client.query(before)),
    live: (sever) => live(url, postgres.port, folder, sever),
    see: async () => {
      await waitFor('the sessions of runners to end', () => sessionsLeft(client), { deadlineMs: 10_000, everyMs: 10 });
      const all: Record<string, readonly Record<string, unknown>[]> = {};
      for (const [name, sql] of Object.entries(seen)) all[name] = (await client.query(sql)).rows;
      return { ...all, applied: (await appliedTo(client)).map(({ name, digest, phase }) => ({ name, digest, phase })) };
    },
    close: async () => {
      await client.end();
      await postgres.stop();
      await rm(folder, { recursive: true });
    },
  };
};

const sessionsLeft = async (client: pg.Client) => {
  const { rowCount } = await client.query(
    "select 1 from pg_stat_activity where datname = current_database() and application_name like 'plumbline-migrate%'",
  );
  return rowCount === 0 ? { done: true } : { because: `${rowCount} are there` };
};

/**
 * Cuts a runner off at one answer after the other, lets the next one run to its end, and says what was otherwise than
 * without a kill. Every how many answers, and from which on.
 */
export const killAtAnswers = async (
  ground: KillingGround,
  what: Sever['what'],
  { every, from }: { readonly every: number; readonly from: number },
): Promise<{
  readonly whole: Seen;
  readonly answers: number;
  readonly kills: number;
  readonly wrong: readonly string[];
}> => {
  await ground.reset();
  const { answers } = await ground.live(null);
  const whole = await ground.see();
  const wrong: string[] = [];
  let kills = 0;
  for (let at = from; at <= answers; at += every) {
    await ground.reset();
    if ((await ground.live({ at, what })).end !== 'done') kills += 1;
    const { end, said } = await ground.live(null);
    const left = await ground.see();
    if (end !== 'done') wrong.push(`after a kill at ${at}: ${end.message}; ${said.join(' ')}`);
    if (!isDeepStrictEqual(left, whole)) wrong.push(`after a kill at ${at}: ${JSON.stringify(left)}`);
  }
  return { whole, answers, kills, wrong };
};

const live = async (url: string, port: number, folder: string, sever: Sever | null): Promise<Life> => {
  const proxy = await severingProxy(port, sever);
  const through = new URL(url);
  through.port = String(proxy.port);
  const said: string[] = [];
  const end = await carryOut(orderAt(through.href, folder), (event) => said.push(JSON.stringify(event))).then(
    () => 'done' as const,
    (error: Error) => error,
  );
  await proxy.close();
  return { end, said, answers: proxy.answers() };
};

const orderAt = (databaseUrl: string, folder: string): RunnerOrder => ({
  databaseUrl,
  folder,
  files: Object.entries(batch).map(([name, text]) => ({
    name,
    digest: sha256(text),
    phase: declaredPhase(name, text),
  })),
  direction: 'up',
  names: Object.keys(batch),
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 1_000,
  mark: '',
});
