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
  const rows = quick ? 100_000 : 1_000_000;
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
    const filled = await filling(server.url, client, rows, quick ? 600 : 10_000, log);
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
 * A backfill under load, killed again and again: while it is down the app's statements are measured without it, so that both
 * are of the same minutes of the same machine.
 *
 * @param {string} url @param {pg.Client} client @param {number} rows @param {number} firstMs @param {(line: string) => void} log
 * @returns {Promise<Row[]>}
 */
const filling = async (url, client, rows, firstMs, log) => {
  let windowMs = firstMs;
  const order = await artefact(url, fill);
  await client.query('alter table visits drop column locale');
  await client.query('delete from knex_migrations; delete from plumbline_journal.migration_journal');
  await migrate({ ...order, names: ['1_add.js'] });
  /** @type {number[]} */
  const without = [];
  /** @type {number[]} */
  const during = [];
  /** @type {string[]} */
  const said = [];
  let kills = 0;
  for (let isDone = false; !isDone; ) {
    without.push(...(await timesOf(url, rows, () => pause(windowMs))));
    during.push(
      ...(await timesOf(url, rows, async () => {
        isDone = await isFilledWithin(order, client, windowMs, said);
      })),
    );
    // A machine that is so busy that a runner comes to nothing in that time gets more of it.
    windowMs *= 1.2;
    if (!isDone) log(`migrating: ${++kills}. kill, ${said.findLast((line) => line.includes(' rows')) ?? ''}`);
  }
  const { rows: left } = await client.query('select count(*)::int as n from visits where locale is null and id <= $1', [
    rows,
  ]);
  await rm(order.folder, { recursive: true });
  const [before, meanwhile] = [quantile(without, 0.95), quantile(during, 0.95)];
  return [
    {
      what: `p95 of an app's statements during a backfill of ${rows} rows`,
      value: meanwhile,
      unit: 'ms',
      against: `while it was killed: ${before.toFixed(1)} ms`,
      ratio: meanwhile / before,
      goal: '≤ 1.5',
      met: meanwhile / before <= 1.5,
    },
    {
      what: 'kills of the backfill, after each of which it went on where it was',
      value: kills,
      unit: 'kills',
      against: `rows that are left: ${left[0].n}; times that it told how far it was: ${said.length}`,
      ratio: null,
      goal: 'none is left',
      met: left[0].n === 0 && said.filter((line) => line.includes('goes on after')).length === kills,
    },
  ];
};

/** @param {string} url @param {number} rows @param {() => Promise<unknown>} meanwhile */
const timesOf = async (url, rows, meanwhile) => {
  const load = await startLoad(url, rows);
  await meanwhile();
  return load.stop();
};

/**
 * Whether the backfill came to its end in that time; otherwise its sessions are ended, as they are when its runner dies.
 *
 * @param {import('@plumbline/platform/migrations/migrate').MigrateOrder} order
 * @param {pg.Client} client @param {number} windowMs @param {string[]} said
 */
const isFilledWithin = async (order, client, windowMs, said) => {
  const onProgress = /** @param {string} line */ (line) => {
    if (line.startsWith('2_fill.js')) said.push(line);
  };
  const running = migrate({ ...order, onProgress }).then(
    () => true,
    () => false,
  );
  const over = new AbortController();
  const isDone = await Promise.race([running, untilKilled(client, windowMs, over.signal)]);
  over.abort();
  return isDone || running;
};

/** @param {pg.Client} client @param {number} windowMs @param {AbortSignal} signal */
const untilKilled = async (client, windowMs, signal) => {
  await pause(windowMs, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return false;
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'plumbline-migrate%'",
  );
  return false;
};
