import { afterAll, beforeAll, describe } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { durableContract } from './durable.contract.ts';
import { dbosEngine } from './durable-dbos.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.stop());

describe('the engine over DBOS', () => {
  durableContract(async () => {
    const databaseUrl = await server.createDatabase();
    return (life) => dbosEngine({ databaseUrl, instance: 'one', ...life, graceMs: 200 });
  });
});
