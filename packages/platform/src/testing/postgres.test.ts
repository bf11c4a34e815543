import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from './postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.stop());

const ask = async (sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

test('it is a PostgreSQL 15 with an empty database', async () => {
  expect(await ask('show server_version')).toEqual([{ server_version: expect.stringMatching(/^15\./) }]);
  expect(await ask("select * from pg_tables where schemaname = 'public'")).toEqual([]);
});

test('it keeps what was committed when it is killed and started again', async () => {
  await ask('create table kept (n int)');
  await ask('insert into kept values (7)');
  await database.kill();
  await expect(ask('select 1')).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
  await database.start();
  expect(await ask('select n from kept')).toEqual([{ n: 7 }]);
});
