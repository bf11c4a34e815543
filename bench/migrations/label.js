// @ts-check
// node bench/migrations/label.js [NAME...]   executes migrations beside a living old release, and writes labels.json
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startPostgres } from '@plumbline/platform/migrations/throwaway-postgres';
import knex from 'knex';
import pg from 'pg';
import { rows, schema } from './base.js';
import { cases } from './corpus.js';
import { startOldRelease } from './old-release.js';
import { watchLocks } from './watch-locks.js';

/** A statement of the old release that waits longer for the migration than this, in milliseconds, is delayed beyond the limit. */
export const limitMs = 150;

/** @typedef {{ readonly kind: 'failed' | 'broken' | 'delayed' | 'lost', readonly what: string, readonly sqlState?: string, readonly ms?: number, readonly heldBy?: string }} Evidence */
/** @typedef {{ readonly label: 'good' | 'bad', readonly evidence: readonly Evidence[], readonly locks: readonly string[], readonly longestWaitMs: number }} Label */
/** @typedef {import('./corpus.js').Case} Case */

/**
 * Labels cases one by one, each in a database of its own.
 * @param {readonly Case[]} wanted
 * @param {(name: string, label: Label) => void} tell
 */
export const labelAll = async (wanted, tell) => {
  const postgres = await startPostgres({
    settings: [
      'shared_buffers=256MB',
      'max_wal_size=4GB',
      'autovacuum=off',
      'wal_level=minimal',
      'max_wal_senders=0',
      'synchronous_commit=off',
      'jit=off',
      'max_parallel_workers_per_gather=0',
      'max_parallel_maintenance_workers=0',
    ],
  });
  try {
    const base = await postgres.createDatabase('base');
    await asking(base, schema);
    await asking(base, `${rows} analyze; checkpoint;`);
    for (const one of wanted) {
      const url = await postgres.createDatabase('labelling', 'base');
      tell(one.name, await labelOf(one, url));
      await postgres.dropDatabase('labelling');
    }
  } finally {
    await postgres.stop();
  }
};

/** @param {Case} one @param {string} url @returns {Promise<Label>} */
const labelOf = async (one, url) => {
  for (const file of one.earlier) await apply(one, file, url);
  const before = await dataOf(url);
  const old = await startOldRelease(url.replace('postgres@', 'app@'));
  await until(() => old.rounds() >= 6);
  const observer = await watchLocks(url);
  /** @type {Evidence[]} */
  const evidence = [];
  for (const file of one.files) {
    const failed = await apply(one, file, url);
    if (failed === null) continue;
    evidence.push({ kind: 'failed', what: `${file}: ${failed.message}`, sqlState: failed.sqlState });
    break;
  }
  const { waits, locks } = await observer.stop();
  const reached = old.rounds() + 9;
  await until(() => old.rounds() >= reached);
  for (const { statement, sqlState, message } of await old.stop())
    evidence.push({ kind: 'broken', what: `${statement}: ${message}`, sqlState });
  for (const { statement, waitedMs, heldBy } of waits)
    if (waitedMs > limitMs) evidence.push({ kind: 'delayed', what: statement, ms: waitedMs, heldBy });
  if (!(await isContract(one))) evidence.push(...lost(before, await dataOf(url)));
  return {
    label: evidence.length > 0 ? 'bad' : 'good',
    evidence: evidence.slice(0, 4),
    locks: locks.map(({ mode, relation }) => `${mode} on ${relation}`).sort(),
    longestWaitMs: waits[0]?.waitedMs ?? 0,
  };
};

/** As a release's runner applies it: through knex, alone. @param {Case} one @param {string} file @param {string} url */
const apply = async ({ folder }, file, url) => {
  const database = knex({
    client: 'pg',
    connection: {
      connectionString: url,
      options: '-c role=owner -c lock_timeout=5000',
      application_name: 'the migration',
    },
    pool: { min: 0, max: 2 },
    migrations: {
      tableName: 'knex_migrations',
      disableMigrationsListValidation: true,
      migrationSource: {
        getMigrations: async () => [file],
        getMigrationName: (/** @type {string} */ name) => name,
        getMigration: async (/** @type {string} */ name) => ({
          down: async () => undefined,
          ...(await import(pathToFileURL(join(folder, name)).href)),
        }),
      },
    },
  });
  try {
    await database.migrate.up({ name: file });
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { message: error instanceof Error ? error.message.slice(-160) : String(error), sqlState: code };
  } finally {
    await database.destroy();
  }
};

/** @param {Case} one */
const isContract = async ({ folder, files }) => {
  const loaded = await Promise.all(files.map((file) => import(pathToFileURL(join(folder, file)).href)));
  return loaded.some(({ phase }) => phase === 'contract');
};

/** How many values each column has of those rows that the old release does not write. @param {string} url */
const dataOf = async (url) => {
  const columns = await asking(
    url,
    `select c.table_schema as schema, c.table_name as table, c.column_name as column, exists (
        select from information_schema.columns i where i.table_schema = c.table_schema and i.table_name = c.table_name and i.column_name = 'id' and i.data_type in ('bigint', 'integer')) as keyed
      from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where c.table_schema not in ('pg_catalog', 'information_schema') and c.table_name not like 'knex%'
        and c.table_name not like 'measurements\\_%'`,
  );
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { schema: inside, table, column, keyed } of columns) {
    const [row] = await asking(
      url,
      `select count("${column}")::int as n from "${inside}"."${table}"${keyed ? ' where id < 100' : table === 'settings' ? " where key <> 'last'" : ''}`,
    );
    counts.set(`${table}.${column}`, row?.n ?? 0);
  }
  return counts;
};

/** @param {ReadonlyMap<string, number>} before @param {ReadonlyMap<string, number>} after @returns {Evidence[]} */
const lost = (before, after) => {
  /** @type {Evidence[]} */
  const evidence = [];
  for (const [column, n] of before) {
    const left = after.get(column) ?? 0;
    // One row more or less is what a migration of a few rows is for.
    if (n - left > Math.max(1, n / 10)) evidence.push({ kind: 'lost', what: `${column}: ${n - left} of ${n} values` });
  }
  return evidence.slice(0, 2);
};

/** @param {string} url @param {string} sql */
const asking = async (url, sql) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

/** @param {() => boolean} isSo */
const until = (isSo) =>
  new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!isSo()) return;
      clearInterval(timer);
      resolve(undefined);
    }, 10);
  });

export const labelsFile = new URL('labels.json', import.meta.url);

/** @returns {Promise<Record<string, Label>>} */
export const readLabels = async () => JSON.parse(await readFile(labelsFile, 'utf8').catch(() => '{}'));

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const names = process.argv.slice(2);
  const labels = await readLabels();
  const wanted = (await cases()).filter(({ name }) => names.length === 0 || names.some((one) => name.startsWith(one)));
  await labelAll(wanted, (name, label) => {
    labels[name] = label;
    process.stderr.write(
      `${label.label} ${name} (${label.longestWaitMs} ms) ${label.evidence.map(({ kind, sqlState, ms, what }) => `${kind} ${sqlState ?? ms ?? ''} ${what.slice(0, 70)}`).join(' | ')}\n`,
    );
  });
  const known = new Set((await cases()).map(({ name }) => name));
  const sorted = Object.fromEntries(
    Object.entries(labels)
      .filter(([name]) => known.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  await writeFile(labelsFile, `${JSON.stringify(sorted, null, 1)}\n`);
}
