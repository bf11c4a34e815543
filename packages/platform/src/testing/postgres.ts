import { startPostgres, type ThrowawayOptions, type ThrowawayPostgres } from '../migrations/throwaway-postgres.ts';

export { startPostgres, type ThrowawayPostgres as TestPostgres } from '../migrations/throwaway-postgres.ts';

/** A PostgreSQL with one empty database in it. */
export interface TestDatabase extends ThrowawayPostgres {
  readonly url: string;
}

/** What most test files want, in `beforeAll`: one server, one database; `afterAll` calls `stop`. */
export const testDatabase = async (options: ThrowawayOptions = {}): Promise<TestDatabase> => {
  const postgres = await startPostgres(options);
  const url = await postgres.createDatabase();
  return { ...postgres, url };
};
