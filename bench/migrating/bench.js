// @ts-check
import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { migrate } from '@plumbline/platform/migrations/migrate';
import { testDatabase } from '@plumbline/platform/testing/postgres';
import pg from 'pg';
import { quantile, startLoad } from './load.js';
import { artefact } from './migrations.js';

/** @typedef {{ what: string, value: number | null, unit: string, against: string, ratio: number | null, goal: string | null, met: boolean | null }} Row */
/** @typedef {{ log: (line: string) => void, quick?: boolean, signal?: AbortSignal }} Surroundings */

/**
 * What an app's own statements feel of a migration: of one that waits for a table which somebody holds for long, and of a
 * backfill, which is killed half way and goes on.
 *
 * @param {Surroundings} surroundings
 */
export const run = async ({ log, quick = false }) => {
  const rows = quick ? 20_000 : 1_000_000;
  const server = await testDatabase();
  const client = new pg.Client({ connectionString: server.url });
  try {
    await client.connect();
    log(`migrating: a table of ${rows} rows`);
    await client.query(
      'create table visits (id bigint generated always as identity primary key, name text, amount int)',
    );
    await client.query("insert into visits (name, amount) select 'visitor ' || n, n from generate_series(1, $1) n", [
      rows,
    ]);
    await client.query('vacuum analyze visits');
    const held = await holding(server.url, rows, quick ? 4_000 : 10_000, log);
    const filled = await filling(server.url, client, rows, quick ? 2_000 : 10_000, log);
    return { name: 'migrating', rows: [...held, ...filled] };
  } finally {
    await client.end();
    await server.stop();
  }
};

const addColumn = { '1_add.js': "exports.up = (knex) => knex.raw('alter table visits add column locale text');\n" };
const fill = {
  ...addColumn,
  '2_fill.js':
    "exports.phase = 'backfill';\nexports.backfill = { table: 'visits', key: 'id', set: { locale: \"'en'\" } };\n",
};

/**
 * A report holds the table while a migration wants all of it: how long the app waits at most.
 *
 * @param {string} url @param {number} rows @param {number} holdMs @param {(line: string) => void} log
 * @returns {Promise<Row[]>}
 */
const holding = async (url, rows, holdMs, log) => {
  /** @param {() => Promise<unknown>} change */
  const longestWait = async (change) => {
    const report = new pg.Client({ connectionString: url, application_name: 'report' });
    await report.connect();
    await report.query('begin; select count(*) from visits where id < 10');
    const load = await startLoad(url, rows);
    const changing = change();
    await pause(holdMs);
    await report.query('commit');
    await changing;
    const times = await load.stop();
    await report.end();
    return Math.max(...times);
  };
  log('migrating: plain, while a report holds the table');
  const plain = new pg.Client({ connectionString: url });
  await plain.connect();
  const without = await longestWait(() => plain.query('alter table visits add column plain text'));
  await plain.end();
  log('migrating: by Plumbline, while a report holds the table');
  const order = await artefact(url, addColumn);
  const lockTimeoutMs = 1_000;
  const own = await longestWait(() => migrate({ ...order, lockTimeoutMs, onProgress: log }));
  await rm(order.folder, { recursive: true });
  // What it waits in the queue, and half as much for a busy machine.
  const most = 1.5 * lockTimeoutMs;
  return [
    {
      what: `longest wait of an app's statement while a migration waits ${holdMs / 1000} s for a table`,
      value: Math.round(own),
      unit: 'ms',
      against: `alter table without a lock time-out: ${Math.round(without)} ms`,
      ratio: own / without,
      goal: `≤ the lock time-out of ${lockTimeoutMs} ms, and half of it for the machine`,
      met: own <= most,
    },
  ];
};

/**
 * A backfill under load, killed half way.
 *
 * @param {string} url @param {pg.Client} client @param {number} rows @param {number} calmMs @param {(line: string) => void} log
 * @returns {Promise<Row[]>}
 */
const filling = async (url, client, rows, calmMs, log) => {
  const order = await artefact(url, fill);
  await client.query('alter table visits drop column locale');
  await client.query('delete from knex_migrations; delete from plumbline.migration_journal');
  await migrate({ ...order, names: ['1_add.js'] });
  const calm = await startLoad(url, rows);
  await pause(calmMs);
  const before = quantile(await calm.stop(), 0.95);
  const load = await startLoad(url, rows);
  const began = performance.now();
  const killed = await killedHalfWay(order, client, rows, log);
  /** @type {string[]} */
  const said = [];
  await migrate({ ...order, timeoutMs: 30 * 60_000, onProgress: (text) => void said.push(text) });
  const tookS = (performance.now() - began) / 1000;
  const during = quantile(await load.stop(), 0.95);
  const { rows: left } = await client.query('select count(*)::int as n from visits where locale is null and id <= $1', [
    rows,
  ]);
  await rm(order.folder, { recursive: true });
  const progress = said.filter((line) => / of \d+ rows$/.test(line));
  log(
    `migrating: ${rows} rows in ${tookS.toFixed(0)} s, p95 ${before.toFixed(1)} ms before and ${during.toFixed(1)} ms during`,
  );
  return [
    {
      what: `p95 of an app's statements during a backfill of ${rows} rows`,
      value: during,
      unit: 'ms',
      against: `before it: ${before.toFixed(1)} ms`,
      ratio: during / before,
      goal: '≤ 1.5',
      met: during / before <= 1.5,
    },
    {
      what: 'rows that a backfill had filled when its runner was killed, of which none was filled again',
      value: killed,
      unit: 'rows',
      against: 'rows in all',
      ratio: killed / rows,
      goal: `all are filled at the end, with its progress shown: ${progress.length} times`,
      met: left[0].n === 0 && said.some((line) => line.includes('goes on after')) && progress.length > 0,
    },
  ];
};

/**
 * Ends the sessions of the runner when half of the rows are filled, as a kill would; answers how many were.
 *
 * @param {import('@plumbline/platform/migrations/migrate').MigrateOrder} order
 * @param {pg.Client} client @param {number} rows @param {(line: string) => void} log
 */
const killedHalfWay = async (order, client, rows, log) => {
  const stopping = new AbortController();
  const running = migrate({ ...order, signal: stopping.signal, timeoutMs: 30 * 60_000, onProgress: log }).catch(
    (/** @type {unknown} */ error) => error,
  );
  for (;;) {
    await pause(100);
    const { rows: journal } = await client.query(
      "select filled::int from plumbline.migration_journal where file = '2_fill.js'",
    );
    if ((journal[0]?.filled ?? 0) < rows / 2) continue;
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'plumbline-migrate%'",
    );
    await running;
    log(`migrating: killed after ${journal[0].filled} rows`);
    return journal[0].filled;
  }
};
