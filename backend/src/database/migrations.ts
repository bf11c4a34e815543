import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import knex, { type Knex } from 'knex';
import { backfill, fill } from './backfill.ts';
import { connectionTo } from './connection.ts';

// Always the compiled files: whoever runs them records the same names.
const compiled = fileURLToPath(new URL('../migrations', import.meta.url));

/** What is applied and what is not, by file name, in order. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/** Applies what is pending, one file at a time: knex would run all of them in one transaction and hold its locks to the end. */
export async function migrateToLatest(databaseUrl: string, folder = compiled): Promise<string[]> {
  return withMigrator(databaseUrl, folder, async (migrator) => {
    const names: string[] = [];
    for (const name of (await statusOf(migrator)).pending) {
      await migrator.up({ name });
      names.push(name);
    }
    return names;
  });
}

/** Undoes the file that was applied last. */
export async function migrateDown(databaseUrl: string, folder = compiled): Promise<string[]> {
  return withMigrator(databaseUrl, folder, async (migrator) => (await migrator.down())[1]);
}

export async function migrationStatus(databaseUrl: string, folder = compiled): Promise<MigrationStatus> {
  return withMigrator(databaseUrl, folder, statusOf);
}

async function statusOf(migrator: Knex.Migrator): Promise<MigrationStatus> {
  const [applied, pending]: [{ name: string }[], string[]] = await migrator.list();
  return { applied: applied.map(({ name }) => name), pending };
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
    migrations: { migrationSource: filesIn(folder) },
  });
  try {
    return await work(database.migrate);
  } finally {
    await database.destroy();
  }
}

/** The files of a folder, by name. A backfill that is declared is carried out; its way down leaves what it filled. */
function filesIn(folder: string): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => (await readdir(folder)).filter((name) => name.endsWith('.js')).sort(),
    getMigrationName: (name) => name,
    getMigration: async (name) => {
      const file = await import(pathToFileURL(join(folder, name)).href);
      if (file.backfill === undefined) return file;
      const order = backfill.parse(file.backfill);
      return { up: (database) => fill(database, order), down: async () => undefined, config: { transaction: false } };
    },
  };
}
