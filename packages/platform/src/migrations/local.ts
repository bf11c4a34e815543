import path from 'node:path';
import { checkMigrations } from './check.ts';
import { migrate } from './migrate.ts';
import type { MigrationsPort } from './port.ts';
import { runProgram } from './program.ts';
import { programVariables } from './program-variables.ts';
import { schemaState } from './schema-state.ts';
import { addressOf } from './store-address.ts';

/** Migrations and seed data on this machine; `home` is where the secrets of its environments lie. */
export const localMigrations = (home: string): MigrationsPort => ({
  schema: async ({ content: { migrations } }, stores) => {
    // Only a program of the app's own knows whether it has something to do.
    if (migrations === null || migrations.kind === 'command') return { applied: [], notes: [] };
    return schemaState(addressOf(stores, migrations.store));
  },
  check: async ({ release, folder, stores, names }, signal) => {
    const { migrations } = release.content;
    if (migrations?.kind !== 'knex') return { files: [], findings: [], sizesKnown: false, gaps: [] };
    return checkMigrations({
      source: { kind: 'like', databaseUrl: addressOf(stores, migrations.store) },
      folder: path.join(folder, migrations.directory),
      files: names,
      signal,
    });
  },
  run: async ({ release, folder, stores, settings, direction, names }, tell, signal) => {
    const { migrations } = release.content;
    if (migrations === null) return [];
    const telling = inOrder(tell);
    try {
      if (migrations.kind === 'knex') {
        const databaseUrl = addressOf(stores, migrations.store);
        return await migrate({
          folder,
          migrations,
          databaseUrl,
          names,
          direction,
          statementTimeoutMs: settings.timeouts.statementMs,
          timeoutMs: settings.timeouts.migrationsMs,
          onProgress: telling.say,
          signal,
        });
      }
      const { service, command: run } = migrations;
      await runProgram({
        what: 'migrating',
        code: 'migration-failed',
        run,
        folder,
        variables: await programVariables({ home, release, service, settings, stores }),
        timeoutMs: settings.timeouts.migrationsMs,
        onProgress: telling.say,
        signal,
      });
      return [run.join(' ')];
    } finally {
      await telling.told();
    }
  },
  seed: async (release, folder, stores, settings, signal) => {
    const { seed } = release.content;
    if (seed === null) return;
    const variables = await programVariables({ home, release, service: seed.service, settings, stores });
    await runProgram({
      what: 'seeding',
      code: 'migration-failed',
      run: seed.command,
      folder,
      variables,
      timeoutMs: settings.timeouts.migrationsMs,
      signal,
    });
  },
});

/** Tells one line after the other, and all before the work is over. */
const inOrder = (tell: (text: string) => Promise<void>) => {
  let last: Promise<void> = Promise.resolve();
  return {
    say: (text: string): void => {
      last = last.then(() => tell(text));
      // A line that cannot be told is met at the end.
      last.catch(() => undefined);
    },
    told: () => last,
  };
};
