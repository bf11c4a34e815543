import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, test } from 'vitest';
import { migrateDown, migrateToLatest, migrationStatus } from '../src/database/migrations.ts';
import { ownDatabase } from './database.ts';
import { run } from './process.ts';

const compiled = fileURLToPath(new URL('../dist/migrations', import.meta.url));

test('all migrations go up, down, and up again, and leave nothing behind in between', async () => {
  const url = await ownDatabase({ empty: true });
  const names = await migrateToLatest(url, compiled);
  expect(names.length).toBeGreaterThan(2);
  expect((await tables(url)).length).toBeGreaterThan(5);
  await migrateDown(url, compiled);
  expect(await tables(url)).toEqual(['knex_migrations', 'knex_migrations_lock']);
  expect(await migrateToLatest(url, compiled)).toEqual(names);
});

test('compiled names are recorded, and they are in order', async () => {
  const { applied, pending } = await migrationStatus(await ownDatabase(), compiled);
  expect(pending).toEqual([]);
  expect(applied).toEqual([...applied].sort());
  expect(applied.every((name: string) => /^\d{14}_[a-z_]+\.js$/.test(name))).toBe(true);
});

test('every foreign key is the beginning of an index', async () => {
  const without = await rows(
    await ownDatabase(),
    `select conrelid::regclass as table, conname from pg_constraint c
     where contype = 'f' and not exists (
       select from pg_index i where i.indrelid = c.conrelid and i.indisvalid and i.indkey[0] = c.conkey[1])`,
  );
  expect(without).toEqual([]);
});

test('migrations that were not compiled are not taken for none', async () => {
  await expect(migrationStatus(await ownDatabase(), '/nowhere')).rejects.toThrow('run npm run build first');
});

test('an index that a broken build left invalid is made anew', async () => {
  const url = await ownDatabase({ empty: true });
  await migrateToLatest(url, compiled);
  await rows(url, "delete from knex_migrations where name like '%activity_by_entity%'");
  await rows(url, "update pg_index set indisvalid = false where indexrelid = 'activity_log_entity_index'::regclass");
  await migrateToLatest(url, compiled);
  const [index] = await rows(
    url,
    "select indisvalid from pg_index where indexrelid = 'activity_log_entity_index'::regclass",
  );
  expect(index).toEqual({ indisvalid: true });
});

test('the commands say what they did, and status fails while anything is pending', async () => {
  const DATABASE_URL = await ownDatabase({ empty: true });
  const migrate = (command: string) => run('dist/migrate.js', [command], { DATABASE_URL });
  expect(await migrate('status')).toMatchObject({ code: 1, stdout: expect.stringContaining('pending 2026') });
  expect(await migrate('latest')).toMatchObject({ code: 0, stdout: expect.stringContaining('applied 2026') });
  expect(await migrate('latest')).toMatchObject({ code: 0, stdout: 'nothing to apply\n' });
  expect(await migrate('status')).toMatchObject({ code: 0 });
  expect(await migrate('down')).toMatchObject({ code: 0, stdout: expect.stringContaining('undone 2026') });
  expect(await migrate('sideways')).toMatchObject({ code: 1, stderr: expect.stringContaining('usage:') });
  expect(await run('dist/migrate.js', ['latest'], {})).toMatchObject({ code: 1, stderr: 'DATABASE_URL is not set\n' });
});

test('seeding twice gives the same rows, and none in production', async () => {
  const DATABASE_URL = await ownDatabase();
  const count = () =>
    rows(DATABASE_URL, 'select (select count(*) from loans) as loans, (select count(*) from activity_log) as log');
  const before = await count();
  expect(await run('dist/seed.js', [], { DATABASE_URL })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('120 loans'),
  });
  expect(await count()).toEqual(before);
  expect(before).toEqual([{ loans: '120', log: '120' }]);
  const refused = await run('dist/seed.js', [], { DATABASE_URL, APP_ENV: 'production' });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('never goes to production') });
});

const tables = async (url: string) =>
  (await rows(url, "select tablename from pg_tables where schemaname = 'public' order by 1")).map(
    ({ tablename }) => tablename,
  );

async function rows(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const result = await client.query(sql);
  await client.end();
  return result.rows;
}
