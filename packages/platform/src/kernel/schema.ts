import { Failure } from '@plumbline/contract/failure';
import knex, { type Knex } from 'knex';
import { locks, withLock } from './database-lock.ts';
import { versions } from './schema/index.ts';
import type { SchemaVersion } from './schema/version.ts';

/**
 * Brings the control plane's own tables to this build's version. Two control planes may ask at once: one applies, the
 * other waits and finds it done. A database made by a newer build is refused.
 */
export const applySchema = async (url: string, wanted: readonly SchemaVersion[] = versions): Promise<void> => {
  const database = knex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'plumbline schema', statement_timeout: 120_000 },
    pool: { min: 0, max: 1 },
    acquireConnectionTimeout: 10_000,
    log: quiet,
    migrations: { migrationSource: sourceOf(wanted), schemaName: 'plumbline', tableName: 'schema_versions' },
  });
  try {
    await withLock(url, locks.schema, async () => {
      await database.raw('create schema if not exists plumbline');
      await refuseNewer(database, wanted);
      await database.migrate.latest();
    });
  } finally {
    await database.destroy();
  }
};

/** Knex writes to the console what it throws as well. */
const quiet: Knex.Logger = { error: () => undefined, warn: () => undefined };

const sourceOf = (wanted: readonly SchemaVersion[]): Knex.MigrationSource<SchemaVersion> => ({
  getMigrations: async () => [...wanted],
  getMigrationName: ({ name }) => name,
  getMigration: async ({ sql }) => ({
    up: async (on) => {
      await on.raw(sql);
    },
    down: async () => {
      throw new Failure('bug', 'The schema of the control plane only goes forward.');
    },
  }),
});

const refuseNewer = async (database: Knex, wanted: readonly SchemaVersion[]): Promise<void> => {
  const known = new Set(wanted.map(({ name }) => name));
  if (!(await database.schema.withSchema('plumbline').hasTable('schema_versions'))) return;
  const applied: { name: string }[] = await database('plumbline.schema_versions').select('name');
  const unknown = applied.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new Failure('data-unreadable', `The database has ${unknown.join(', ')}, which this Plumbline does not know.`, {
    hint: 'A newer Plumbline made it: update this checkout, or use another data folder.',
  });
};
