import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import knex, { type Knex } from 'knex';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../src/database/database.ts';
import { migrateToLatest } from '../src/database/migrations.ts';
import { createLog } from '../src/logging/log.ts';
import { ownDatabase } from './database.ts';
import { freePort } from './process.ts';
import { programOf, specified } from './specification.ts';
import { until } from './until.ts';

// What the specification's own lines do, beside what is done instead.

const log = createLog({ level: 'error', environment: 'test', release: undefined, out: new PassThrough() });
const compiled = fileURLToPath(new URL('../dist/migrations', import.meta.url));

test('E8-8: the log leaves no file behind, where the specification leaves two', () => {
  expect(logging(theirLog).files).toEqual(['combined.log', 'error.log']);
  expect(logging(ourLog).files).toEqual([]);
});

test('E8-9: addresses and hosts do not get into the log, nor does a caller’s time take the place of its own', () => {
  const theirs = logging(theirLog).output;
  expect(theirs).toContain('203.0.113.7');
  expect(theirs).toContain('db.internal');
  const ours = logging(ourLog).output;
  expect(ours).toContain('User logged in');
  for (const hidden of ['203.0.113.7', 'db.internal', '1970-01-01']) expect(ours).not.toContain(hidden);
});

test('E11-1: a database that is not there is told as that, not as a pool that is full', async () => {
  const address = `postgres://nobody@127.0.0.1:${await freePort()}/nothing`;
  // Thirty seconds shown in less than one.
  await expect(theirPool(address, { acquireTimeoutMillis: 300 }).raw('select 1')).rejects.toThrow(
    /The pool is probably full/,
  );
  const failing = ourPool(address).raw('select 1');
  await expect(failing).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

const patience = `select name, setting::int as setting from pg_settings
  where name in ('statement_timeout', 'idle_in_transaction_session_timeout') order by name`;

test('E11-2: statements and idle transactions end, connections have a name, and none is kept that might be dead', async () => {
  const url = await ownDatabase();
  const limits = async (pool: Knex) =>
    (await pool.raw(patience)).rows.map(({ setting }: { setting: number }) => setting);
  const name = async (pool: Knex) => (await pool.raw('show application_name')).rows[0].application_name;
  const theirs = theirPool(url);
  expect([await limits(theirs), await name(theirs), theirs.client.pool.min]).toEqual([[0, 0], '', 2]);
  const ours = ourPool(url);
  expect([await limits(ours), await name(ours), ours.client.pool.min]).toEqual([
    [15_000, 10_000],
    'connect2-backend',
    0,
  ]);
  const { idleTimeoutMillis, maxConnectionLifetimeMillis } = ours.client.config.pool;
  expect(idleTimeoutMillis).toBeLessThanOrEqual(30_000);
  expect(maxConnectionLifetimeMillis).toBeLessThanOrEqual(30 * 60_000);
});

test('E11-3: slow statements are asked for by columns that PostgreSQL has', async () => {
  const client = await connected(await ownDatabase());
  await client.query('create extension pg_stat_statements');
  const theirs = specified('queries.sql').split('-- Analyze slow queries')[1] ?? '';
  await expect(client.query(theirs)).rejects.toThrow('column "total_time" does not exist');
  const ours = readFileSync(new URL('../scripts/slow-statements.sql', import.meta.url), 'utf8');
  // Nothing was preloaded in this server: that is said only once every column was found.
  await expect(client.query(ours)).rejects.toThrow('pg_stat_statements must be loaded via shared_preload_libraries');
});

test('E11-4: an index is built while others write, where the specification’s keeps them waiting', async () => {
  const url = await ownDatabase();
  const [building, writing, reading] = [await connected(url), await connected(url), await connected(url)];
  await writing.query("set lock_timeout = '300ms'");
  const write = () => writing.query('update projects set status = status');
  const [theirs = ''] = specified('queries.sql').match(/^CREATE INDEX.*projects.*$/m) ?? [];
  await building.query('drop index idx_projects_status');
  await building.query(`begin; ${theirs}`);
  await expect(write()).rejects.toThrow('canceling statement due to lock timeout');
  await building.query('rollback');

  await building.query("delete from knex_migrations where name like '%projects_by_status%'");
  // Whoever still reads what was before keeps the build from its end, and so under way for as long as we like.
  await reading.query('begin isolation level repeatable read; select count(*) from projects');
  const migrating = migrateToLatest(url, compiled);
  await until('the index is being built', async () => {
    const { rowCount } = await building.query('select from pg_stat_progress_create_index');
    return rowCount === 1;
  });
  expect((await write()).rowCount).toBeGreaterThan(0);
  await reading.query('commit');
  expect(await migrating).toEqual(['20260406090000_projects_by_status.js']);
});

const logged = `const req = { ip: '203.0.113.7' }, error = new Error('refused'), dbHost = 'db.internal';\n`;
const backend = fileURLToPath(new URL('..', import.meta.url));
const winston = import.meta.resolve('winston');
const theirLog = specified('log.js.txt').replace("'winston'", JSON.stringify(winston)).replace('// Usage', logged);
const ourLog = `import { createLog } from ${JSON.stringify(join(backend, 'dist/logging/log.js'))};
${logged}
const logger = createLog({ level: 'info', environment: 'test', release: undefined });
logger.info('User logged in', { user_id: 'usr_123', ip_address: req.ip, timestamp: new Date(0).toISOString() });
logger.error('Database connection failed', { error, database_host: dbHost });
`;

/** What a program logs in a folder of its own, and what it leaves there. */
function logging(program: string) {
  const folder = mkdtempSync(join(tmpdir(), 'connect2-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'logs.mjs');
  writeFileSync(file, program);
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return {
    output: stdout,
    files: readdirSync(folder)
      .filter((name) => name !== 'logs.mjs')
      .sort(),
  };
}

function theirPool(address: string, quicker: Readonly<Record<string, number>> = {}): Knex {
  const withQuicker = ({ pool, ...config }: Knex.Config) =>
    knex({ ...config, pool: { ...pool, ...quicker }, log: { warn: () => undefined } });
  const env = { env: { DATABASE_URL: address } };
  return closedAfterwards(programOf<Knex>('pool.ts.txt', { knex: withQuicker, process: env }, 'db'));
}

const ourPool = (address: string): Knex => closedAfterwards(openDatabase(address, 5, log));

function closedAfterwards(pool: Knex): Knex {
  onTestFinished(() => pool.destroy());
  return pool;
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
