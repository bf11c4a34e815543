import type { StoreAddresses } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { StoreName } from '@plumbline/contract/names';
import type { DeliverDeps } from '../pipeline/deliver-deps.ts';
import { migrate, pendingMigrations } from './migrate.ts';
import { runProgram } from './program.ts';
import { programVariables } from './program-variables.ts';

const programWithinMs = 10 * 60_000;

/** Migrations and seed data on this machine; `home` is where the secrets of its environments lie. */
export const localMigrations = (home: string): DeliverDeps['migrations'] => ({
  pending: async ({ content: { migrations } }, folder, stores) => {
    if (migrations === null) return [];
    return pendingMigrations({ folder, migrations, databaseUrl: addressOf(stores, migrations.store) });
  },
  run: async (release, folder, stores, tell, signal) => {
    const { migrations } = release.content;
    if (migrations === null) return [];
    const databaseUrl = addressOf(stores, migrations.store);
    const telling = inOrder(tell);
    try {
      if (migrations.kind === 'knex')
        return await migrate({ folder, migrations, databaseUrl, onProgress: telling.say, signal });
      const run = migrations.command ?? [];
      const variables = await programVariables({
        home,
        release,
        service: migrations.service,
        environment: null,
        stores,
      });
      await runProgram({
        what: 'migrating',
        code: 'migration-failed',
        run,
        folder,
        variables,
        timeoutMs: programWithinMs,
        onProgress: telling.say,
        signal,
      });
      return [run.join(' ')];
    } finally {
      await telling.told();
    }
  },
  seed: async (release, folder, stores, environment, signal) => {
    const { seed } = release.content;
    if (seed === null) return;
    const variables = await programVariables({ home, release, service: seed.service, environment, stores });
    await runProgram({
      what: 'seeding',
      code: 'migration-failed',
      run: seed.command,
      folder,
      variables,
      timeoutMs: programWithinMs,
      signal,
    });
  },
});

const addressOf = (stores: StoreAddresses, store: StoreName): string => {
  const found = stores[store];
  if (found?.url) return found.url;
  throw new Failure(
    'database-unreachable',
    `the store ${store} has no address: ${found?.because ?? 'nobody started it'}`,
  );
};

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
