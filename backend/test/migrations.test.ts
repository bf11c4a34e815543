import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, test } from 'vitest';
import { migrateDown, migrateToLatest, migrationStatus } from '../src/database/migrations.ts';
import { ownDatabase } from './database.ts';
import { run } from './process.ts';

const compiled = fileURLToPath(new URL('../dist/migrations', import.meta.url));

test('each migration goes up, down and up again, and all of them down leave nothing behind', async () => {
  const url = await ownDatabase({ empty: true });
  const names = await migrateToLatest(url, compiled);
  expect(names.length).toBeGreaterThan(10);
  const whole = await schema(url);
  expect(Object.keys(whole).length).toBeGreaterThan(5);
  const first = await downOneByOne(url);
  expect(first.map(({ undone }) => undone)).toEqual([...names].reverse());
  expect(first.at(-1)?.left).toEqual({});
  expect(await migrateToLatest(url, compiled)).toEqual(names);
  expect(await schema(url)).toEqual(whole);
  expect(await downOneByOne(url)).toEqual(first);
});

/** What each way down leaves of the schema. */
async function downOneByOne(url: string) {
  const steps: { undone: string | undefined; left: Record<string, unknown> }[] = [];
  for (let last = await migrateDown(url, compiled); last.length > 0; last = await migrateDown(url, compiled)) {
    steps.push({ undone: last[0], left: await schema(url) });
  }
  return steps;
}

test('a column that is renamed is in both places while releases from before and after write', async () => {
  const url = await ownDatabase({ empty: true });
  await migrateToLatest(url, compiled);
  while ((await migrateDown(url, compiled))[0] !== '20260713090000_documents_object_key_required.js');
  await rows(
    url,
    `insert into users (id, email, name, role, password_hash, locale) values ('00000000-0000-4000-8000-000000000001', 'a@b.c', 'A', 'builder', 'x', 'en-US');
     insert into projects (id, builder_id, name, address, status, budget_cents)
       values ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'P', 'S', 'active', 1)`,
  );
  const insert = (column: string, value: string) =>
    rows(
      url,
      `insert into documents (project_id, uploaded_by, name, media_type, size_bytes, sha256, ${column})
       values ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'd', 'text/plain', 1, 'x', '${value}')`,
    );
  await insert('stored_as', 'old');
  await insert('object_key', 'new');
  await rows(url, "update documents set stored_as = 'older' where stored_as = 'old'");
  await rows(url, "update documents set object_key = 'newer' where object_key = 'new'");
  expect(await rows(url, 'select stored_as, object_key from documents order by 1')).toEqual([
    { stored_as: 'newer', object_key: 'newer' },
    { stored_as: 'older', object_key: 'older' },
  ]);
  await migrateToLatest(url, compiled);
  expect(await rows(url, 'select object_key from documents order by 1')).toEqual([
    { object_key: 'newer' },
    { object_key: 'older' },
  ]);
});

test('rows from before a column are filled, batch by batch, and those that have a value keep it', async () => {
  const url = await ownDatabase();
  await rows(
    url,
    "alter table users alter column locale drop not null; update users set locale = null where role = 'builder'",
  );
  await rows(url, "update users set locale = 'de-DE' where role = 'lender'");
  await rows(url, "delete from knex_migrations where name like '%users_locale_filled%'");
  expect(await migrateToLatest(url, compiled)).toEqual(['20260518090000_users_locale_filled.js']);
  expect(await rows(url, 'select distinct role, locale from users order by 1')).toEqual([
    { role: 'builder', locale: 'en-US' },
    { role: 'lender', locale: 'de-DE' },
  ]);
});

test('the indexes that the specification names are there and valid', async () => {
  const names = ['idx_projects_status', 'idx_loans_borrower_id', 'activity_log_entity_index'];
  const found = await rows(
    await ownDatabase(),
    `select c.relname, i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname in ('${names.join("','")}')`,
  );
  expect(found).toHaveLength(3);
  expect(found.every(({ indisvalid }) => indisvalid)).toBe(true);
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

/** Every table with its columns, constraints, indexes and triggers, without knex's own. */
async function schema(url: string): Promise<Record<string, unknown>> {
  const found = await rows(
    url,
    `select c.relname as table,
       (select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, atttypmod), 'required', attnotnull,
          'default', pg_get_expr(d.adbin, d.adrelid)) order by attname)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not attisdropped) as columns,
       (select json_agg(pg_get_constraintdef(oid) order by conname) from pg_constraint where conrelid = c.oid) as constraints,
       (select json_agg(indexdef order by indexname) from pg_indexes where tablename = c.relname) as indexes,
       (select json_agg(tgname order by tgname) from pg_trigger where tgrelid = c.oid and not tgisinternal) as triggers
     from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname not like 'knex%' order by 1`,
  );
  return Object.fromEntries(found.map(({ table, ...rest }) => [String(table), rest]));
}

async function rows(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const result = await client.query(sql);
  await client.end();
  return result.rows;
}
