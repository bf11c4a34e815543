import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { type Database, openDatabase } from './database.ts';
import { versions } from './schema/index.ts';
import { applySchema } from './schema.ts';
import { waitFor } from './wait.ts';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.stop());
beforeEach(() => {
  database = openDatabase(server.url, { maxConnections: 4 });
});
afterEach(() => database.close());

const number = z.object({ n: z.number() });

test('rows come as their types: whole numbers and times as numbers, json parsed', async () => {
  const row = z.object({ big: z.number(), at: z.number(), json: z.object({ a: z.array(z.int()) }), sum: z.string() });
  const sql = `select 9007199254740991 as big, timestamptz '1970-01-01 00:00:01.5+00' as at, '{"a":[1]}'::jsonb as json, 0.1::numeric as sum`;
  expect(await database.query(sql, [], row)).toEqual([{ big: 2 ** 53 - 1, at: 1_500, json: { a: [1] }, sum: '0.1' }]);
});

test('a number that would be rounded is refused', async () => {
  await expect(database.query('select 9007199254740993 as n', [], number)).rejects.toThrow('too large for a number');
});

test('a row that does not fit is a bug that says which query and which field', async () => {
  await expect(database.query("select 'x' as n", [], number)).rejects.toMatchObject({
    code: 'bug',
    message: expect.stringMatching(/select 'x' as n.*expected number/s),
  });
});

test('a transaction that throws leaves nothing behind', async () => {
  await database.execute('create table rolled_back (n int)');
  const failing = database.transaction(async (tx) => {
    await tx.execute('insert into rolled_back values (1)');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await database.query('select n from rolled_back', [], number)).toEqual([]);
});

test('the victim of a deadlock is run again, and both transactions end', async () => {
  await database.execute('create table pair as select * from (values (1, 0), (2, 0)) as v(id, n)');
  let runs = 0;
  let both = 0;
  const bump = (first: number, second: number) =>
    database.transaction(async (tx) => {
      runs++;
      await tx.execute('update pair set n = n + 1 where id = $1', [first]);
      both++;
      const otherIsThere = async () => (both > 1 ? { done: true } : { because: 'the other has not begun' });
      await waitFor('The other transaction', otherIsThere, { deadlineMs: 20_000, everyMs: 5 });
      await tx.execute('update pair set n = n + 1 where id = $1', [second]);
    });
  await Promise.all([bump(1, 2), bump(2, 1)]);
  expect(runs).toBe(3);
  expect(await database.query('select n from pair', [], number)).toEqual([{ n: 2 }, { n: 2 }]);
});

test('another error is not tried again', async () => {
  let runs = 0;
  const failing = database.transaction(async (tx) => {
    runs++;
    await tx.execute('select 1/0');
  });
  await expect(failing).rejects.toMatchObject({ code: '22012' });
  expect(runs).toBe(1);
});

test('it listens to what other connections notify', async () => {
  const heard: string[] = [];
  const stop = await database.listen('Some channel', (payload) => heard.push(payload));
  await database.execute(`select pg_notify('Some channel', 'd-12')`);
  const told = async () => (heard.length > 0 ? { done: heard } : { because: 'nothing was heard' });
  expect(await waitFor('The notification', told, { deadlineMs: 20_000, everyMs: 5 })).toEqual(['d-12']);
  await stop();
});

test('without PostgreSQL it says where it looked and heals when it is back, the listener too', async () => {
  let reconnects = 0;
  const heard: string[] = [];
  const stop = await database.listen('heal', (payload) => heard.push(payload), { onReconnect: () => reconnects++ });
  const caught = database.transaction(async (tx) => {
    await server.kill();
    await tx.execute('select 1');
  });
  await expect(caught).rejects.toMatchObject({ code: 'database-unreachable' });
  await expect(database.execute('select 1')).rejects.toMatchObject({
    code: 'database-unreachable',
    message: expect.stringContaining(`127.0.0.1:${server.port}/test_1`),
  });
  await server.start();
  expect(await database.execute('select 1')).toBe(1);
  const again = async () => (reconnects > 0 ? { done: true } : { because: 'it has not reconnected' });
  await waitFor('The listener', again, { deadlineMs: 20_000, everyMs: 10 });
  await database.execute("select pg_notify('heal', 'back')");
  const told = async () => (heard.length > 0 ? { done: heard } : { because: 'nothing was heard' });
  expect(await waitFor('The notification', told, { deadlineMs: 20_000, everyMs: 5 })).toEqual(['back']);
  await stop();
});

test('two control planes apply the schema at once, and it is applied once', async () => {
  const url = await server.createDatabase();
  await Promise.all([applySchema(url), applySchema(url), applySchema(url)]);
  const own = openDatabase(url);
  try {
    const names = z.object({ name: z.string() });
    const applied = await own.query('select name from plumbline.schema_versions order by name', [], names);
    expect(applied).toEqual(versions.map(({ name }) => ({ name })));
  } finally {
    await own.close();
  }
});

test('a schema that a newer Plumbline made is refused, and a version that fails leaves nothing', async () => {
  const url = await server.createDatabase();
  const tomorrow = { name: '999-tomorrow', sql: 'create table plumbline.tomorrow (n int)' };
  const broken = { name: '998-broken', sql: 'create table plumbline.half (n int); select 1/0' };
  await expect(applySchema(url, [...versions, broken])).rejects.toThrow('division by zero');
  await applySchema(url, [...versions, tomorrow]);
  await expect(applySchema(url)).rejects.toMatchObject({
    code: 'data-unreadable',
    message: expect.stringContaining('999-tomorrow'),
  });
});
