import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { type Shadow, withShadow } from './shadow.ts';
import { type Tracer, withTracer } from './trace.ts';

let environment: TestDatabase;
let shadow: Shadow;
let tracer: Tracer;
let folder: string;
let release: () => void;
let released: Promise<unknown>;

const asking = async (databaseUrl: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

const schema = `
  create type mood as enum ('glad', 'sad');
  create table people (id bigserial primary key, email varchar(40) not null unique, name text, age int check (age > 17),
    mood mood, tags text[], since timestamptz not null default now());
  create table orders (id uuid primary key default gen_random_uuid(), person bigint not null references people,
    status text not null check (status in ('new', 'paid')), total numeric(10, 2));
  create view glad as select id, email from people where mood = 'glad';
  create function shout(p people) returns text language sql as $$ select upper(p.name) $$;
  create index on orders (status) where status = 'new';
  create table events (at date not null) partition by range (at);
  create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');`;

beforeAll(async () => {
  environment = await testDatabase();
  await asking(environment.url, schema);
  await asking(
    environment.url,
    `insert into people (email) select n || '@a' from generate_series(1, 5000) n; analyze people`,
  );
  folder = await mkdtemp(path.join(tmpdir(), 'plumb-trace-'));
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await new Promise<void>((ready, failed) => {
    released = withShadow({ kind: 'like', databaseUrl: environment.url }, (made) =>
      withTracer({}, async (started) => {
        [shadow, tracer] = [made, started];
        ready();
        await held;
      }),
    );
    released.catch(failed);
  });
});
afterAll(async () => {
  release();
  await released;
  await Promise.all([environment.stop(), rm(folder, { recursive: true })]);
});

let databaseUrl: string;
beforeEach(async () => {
  databaseUrl = await shadow.ordinary();
});

let files = 0;
const traced = async (text: string, url = databaseUrl) => {
  const file = `${++files}.mjs`;
  await writeFile(path.join(folder, file), text);
  return tracer.trace({ databaseUrl: url, folder, file, existing: null });
};
const raw = (sql: string, more = '') =>
  `${more}export const up = async (knex) => {\n  await knex.raw(\`${sql}\`);\n};\n`;

test('a shadow has the schema of its environment and the sizes of its tables, but none of its data', async () => {
  expect(shadow.gaps).toEqual([]);
  expect(shadow.rows?.get('public.people')).toBe(5000);
  expect(await asking(databaseUrl, 'select count(*)::int, min(email) from people')).toEqual([
    { count: 20, min: 'email-1' },
  ]);
  expect(await asking(databaseUrl, 'select count(*)::int as n from orders join people on people.id = person')).toEqual([
    { n: 20 },
  ]);
});

test('difficult rows have NULLs, duplicates and long values where the schema lets them be', async () => {
  const url = await shadow.difficult();
  expect(
    await asking(
      url,
      'select count(*) filter (where name is null)::int as missing, max(length(name)) as long from people',
    ),
  ).toEqual([{ missing: 2, long: 3000 }]);
  expect(await asking(url, 'select name from people group by name having name is not null and count(*) > 1')).toEqual([
    { name: 'name-1' },
  ]);
});

test('each statement is recorded with its line, and what it locked, scanned, rewrote and built', async () => {
  const { statements, error, inTransaction } = await traced(
    `export const up = async (knex) => {
      await knex.schema.alterTable('people', (table) => {
        table.bigInteger('age').alter();
      });
      await knex.raw('create index on people (name)');
    };`,
  );
  expect([error, inTransaction]).toEqual([null, true]);
  expect(statements.map(({ sql, line }) => [sql.slice(0, 40), line])).toEqual([
    ['alter table "people" alter column "age" ', 2],
    ['alter table "people" alter column "age" ', 2],
    ['alter table "people" alter column "age" ', 2],
    ['create index on people (name)', 5],
  ]);
  expect(statements[2]).toMatchObject({
    rewritten: ['public.people', 'public.people_pkey', 'public.people_email_key'],
    scanned: ['public.people'],
    locks: expect.arrayContaining([{ relation: 'public.people', mode: 'AccessExclusiveLock' }]),
  });
  expect(statements[3]?.indexes).toEqual([
    { name: 'public.people_name_idx', relation: 'public.people', isUnique: false, isValid: true },
  ]);
});

test('of several statements in one message each is recorded, also within a block that no parser sees into', async () => {
  const { statements } = await traced(
    raw(`alter table people add column nick text; do $$ begin update people set nick = name; end $$`),
  );
  expect(statements.map(({ written }) => written)).toEqual([
    [],
    [{ relation: 'public.people', inserted: 0, updated: 20, deleted: 0, of: 20 }],
  ]);
});

test('what is only new in the file is nobody’s yet, and not recorded', async () => {
  const { statements } = await traced(
    raw('create table fresh (id int); create index on fresh (id); alter table fresh alter id type bigint'),
  );
  expect(statements.flatMap(({ locks, scanned, indexes }) => [...locks, ...scanned, ...indexes])).toEqual([]);
});

test('without a transaction, a statement’s own locks are seen, and a concurrent build that fails leaves its index', async () => {
  const none = 'export const config = { transaction: false };\n';
  const changed = await traced(raw('alter table people alter name set not null', none));
  expect(changed.statements[0]).toMatchObject({
    inTransaction: false,
    locks: [{ relation: 'public.people', mode: 'AccessExclusiveLock' }],
    scanned: ['public.people'],
  });
  const failed = await traced(raw('create unique index concurrently on people (name)', none), await shadow.difficult());
  expect(failed).toMatchObject({
    error: { sqlState: '23505' },
    leftovers: { invalidIndexes: ['people_name_idx'] },
  });
});

test('a file that fails says with which SQLSTATE, and one that ends its process is named', async () => {
  expect(await traced(raw('alter table people add column nick text not null'))).toMatchObject({
    error: { sqlState: '23502' },
    statements: [{ error: { sqlState: '23502' }, line: 2 }],
  });
  await withTracer({}, async (own) => {
    await writeFile(path.join(folder, 'exits.mjs'), 'process.exit(3);');
    await expect(own.trace({ databaseUrl, folder, file: 'exits.mjs', existing: null })).rejects.toThrow(
      'the process that ran exits.mjs ended without a word',
    );
  });
});
