import path from 'node:path';
import { pathToFileURL } from 'node:url';
import knex, { type Knex } from 'knex';
import type pg from 'pg';
import { sleep } from '../kernel/wait.ts';
import { statementOptions } from './runner-lock.ts';
import type { RunnerEvent, RunnerOrder } from './runner-words.ts';

type Tell = (event: RunnerEvent) => void;

/** Waits between attempts of a file that found its tables in use, or lost a deadlock. */
const pausesMs = [500, 1_000, 2_000, 4_000, 8_000];

const locked = new Set(['55P03', '40P01']);

/** Applies files through knex, one at a time: each in a transaction of its own together with its record, unless it declines one. */
export const applyFiles = async (
  order: RunnerOrder,
  names: readonly string[],
  held: pg.Client,
  tell: Tell,
): Promise<void> => {
  const database = knex({
    client: 'pg',
    connection: { connectionString: order.databaseUrl, options: statementOptions(order) },
    pool: { min: 0, max: 2 },
    acquireConnectionTimeout: 10_000,
    migrations: { migrationSource: sourceOf(order) },
  });
  const failed = failedStatements(database);
  try {
    await freeOwnLock(database, held);
    for (const file of names) {
      tell({ kind: 'begins', file });
      const started = performance.now();
      try {
        await applyOne(database, held, file, order, (event) => {
          if (event.kind === 'waiting') failed.forget();
          tell(event);
        });
      } catch (error) {
        throw new FailedFile(file, failed.first(), error);
      }
      tell({ kind: 'applied', file, ms: Math.round(performance.now() - started) });
    }
  } finally {
    await database.destroy();
  }
};

/** Which file failed, and with which statement. */
export class FailedFile extends Error {
  readonly file: string;
  readonly statement: string | null;

  constructor(file: string, statement: string | null, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.file = file;
    this.statement = statement;
  }
}

const applyOne = async (
  database: Knex,
  held: pg.Client,
  file: string,
  order: RunnerOrder,
  tell: Tell,
): Promise<void> => {
  const hasOwnTransaction = (await load(order, file)).config?.transaction !== false;
  for (const pauseMs of [...pausesMs, null]) {
    try {
      if (hasOwnTransaction) await database.migrate.up({ name: file });
      else await marked(held, file, () => database.migrate.up({ name: file }));
      return;
    } catch (error) {
      const code = sqlStateOf(error);
      if (pauseMs === null || code === null || !locked.has(code)) throw error;
      tell({
        kind: 'waiting',
        because: `${file} found its tables in use (${code}), and is tried again in ${pauseMs / 1000} s`,
      });
      await sleep(pauseMs);
    }
  }
};

/** Class and code of PostgreSQL's complaint, five characters. */
export const sqlStateOf = (error: unknown): string | null => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^[0-9A-Z]{5}$/.test(code) ? code : null;
};

/**
 * Without a transaction knex commits its lock before it runs the file, and a kill leaves it taken for ever. A comment on
 * knex's table says that the lock is a runner's of ours, so that the next one may free it.
 */
const marked = async (held: pg.Client, file: string, run: () => Promise<unknown>): Promise<void> => {
  await held.query(`comment on table knex_migrations_lock is '${ours} ${file.replaceAll("'", '')}'`);
  try {
    await run();
  } finally {
    await held.query('comment on table knex_migrations_lock is null');
  }
};

const ours = 'plumbline:';

const freeOwnLock = async (database: Knex, held: pg.Client): Promise<void> => {
  // Makes knex's tables where they are not there yet.
  await database.migrate.list();
  const { rows } = await held.query<{ mark: string | null }>(
    "select obj_description(to_regclass('knex_migrations_lock')) as mark",
  );
  if (!rows[0]?.mark?.startsWith(ours)) return;
  await database.migrate.forceFreeMigrationsLock();
  await held.query('comment on table knex_migrations_lock is null');
};

/** The statement that failed first: those after it only say that their transaction is over. */
const failedStatements = (database: Knex) => {
  let first: string | null = null;
  // On the client: the migrator works with a copy of `database`, whose events do not come here.
  database.client.on('query-error', (_error: unknown, { sql }: { sql: string }) => {
    first ??= sql;
  });
  return {
    first: () => first,
    forget: () => {
      first = null;
    },
  };
};

const sourceOf = (order: RunnerOrder): Knex.MigrationSource<string> => ({
  getMigrations: async () => [...order.files],
  getMigrationName: (name) => name,
  getMigration: (name) => load(order, name),
});

interface MigrationFile extends Knex.Migration {
  readonly config?: { readonly transaction?: boolean };
}

/** `import` reads both kinds of modules; one of the older kind may lie under `default`. */
const load = async ({ folder }: RunnerOrder, name: string): Promise<MigrationFile> => {
  const loaded = await import(pathToFileURL(path.join(folder, name)).href);
  const { up, down, config }: Partial<MigrationFile> =
    typeof loaded.up === 'function' ? loaded : (loaded.default ?? {});
  if (typeof up !== 'function') throw new Error(`${name} exports no function "up"`);
  // knex insists on a way down, which is never taken here: going back leaves the schema as it is.
  return { up, down: down ?? noWayDown, ...(config ? { config } : {}) };
};

const noWayDown = async (): Promise<never> => {
  throw new Error('this migration has no function "down"');
};
