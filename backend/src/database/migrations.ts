import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import knex, { type Knex } from 'knex';
import { connectionTo } from './connection.ts';

// Always the compiled files: whoever runs them records the same names.
const compiled = fileURLToPath(new URL('../migrations', import.meta.url));

/** What is applied and what is not, by file name, in order. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

export async function migrateToLatest(databaseUrl: string, folder = compiled): Promise<string[]> {
  return withMigrator(databaseUrl, folder, async (migrator) => (await migrator.latest())[1]);
}

/** Undoes the batch that was applied last. */
export async function migrateDown(databaseUrl: string, folder = compiled): Promise<string[]> {
  return withMigrator(databaseUrl, folder, async (migrator) => (await migrator.rollback())[1]);
}

export async function migrationStatus(databaseUrl: string, folder = compiled): Promise<MigrationStatus> {
  return withMigrator(databaseUrl, folder, async (migrator) => {
    const [applied, pending]: [{ name: string }[], { file: string }[]] = await migrator.list();
    return { applied: applied.map(({ name }) => name), pending: pending.map(({ file }) => file) };
  });
}

async function withMigrator<Result>(
  databaseUrl: string,
  folder: string,
  work: (migrator: Knex.Migrator) => Promise<Result>,
): Promise<Result> {
  if (!existsSync(folder)) throw new Error('the migrations are not compiled; run npm run build first');
  const database = knex({
    client: 'pg',
    // A migration that waits for a lock makes everybody wait behind it: it gives up, and may be tried again.
    connection: { ...connectionTo(databaseUrl), options: '-c lock_timeout=5s' },
    pool: { min: 0, max: 1 },
    migrations: { directory: folder, loadExtensions: ['.js'] },
  });
  try {
    return await work(database.migrate);
  } finally {
    await database.destroy();
  }
}
