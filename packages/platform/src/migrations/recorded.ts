import pg from 'pg';
import { asFailure } from '../kernel/database-errors.ts';

/** The names that knex has recorded as applied, in order; none before the first. */
export const recordedNames = async (databaseUrl: string): Promise<readonly string[]> => {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'plumbline-migrate-list',
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  // A connection that breaks is told by the query that it breaks.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows: tables } = await client.query<{ found: boolean }>(
      "select to_regclass('knex_migrations') is not null as found",
    );
    if (!tables[0]?.found) return [];
    const { rows } = await client.query<{ name: string }>('select name from knex_migrations order by id');
    return rows.map(({ name }) => name);
  } catch (error) {
    throw asFailure(error, databaseUrl);
  } finally {
    await client.end();
  }
};
