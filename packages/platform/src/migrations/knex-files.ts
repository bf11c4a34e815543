import knex, { type Knex } from 'knex';
import type pg from 'pg';
import { sleep } from '../kernel/wait.ts';
import { type BlockerWatch, blockerWords, watchBlockers } from './blockers.ts';
import { fillFile, refill } from './fill-file.ts';
import { guarded } from './guard.ts';
import { type Connection, intercept, type Meet } from './intercept.ts';
import { type Asks, atStatement, type Begun, begin, ended, forget, leftOf, openJournal } from './journal.ts';
import { freeOwnLock, withKnexLock } from './knex-lock.ts';
import { loadFile, type MigrationFile } from './migration-file.ts';
import type { ReleaseFile } from './pending.ts';
import { resumable } from './resumable.ts';
import { pauseBefore, retries } from './retry.ts';
import { statementOptions, statementsName } from './runner-lock.ts';
import type { RunnerEvent, RunnerOrder } from './runner-words.ts';

type Tell = (event: RunnerEvent) => void;

/** All that the applying of one file works with. */
interface Bench {
  readonly order: RunnerOrder;
  readonly database: Knex;
  readonly held: pg.Client;
  readonly blockers: BlockerWatch;
  readonly tell: Tell;
  /** Meets the statements of the file at hand. */
  meet: Meet | null;
  /** The statement of it that was sent last. */
  sql: string | null;
}

/** Applies files through knex, one at a time: each in a transaction of its own together with its record, unless it declines one. */
export const applyFiles = (order: RunnerOrder, names: readonly string[], held: pg.Client, tell: Tell): Promise<void> =>
  atBench(order, held, tell, async (bench) => {
    if (names.some((name) => fileOf(order, name).phase === 'contract')) await refill(bench, names);
    for (const name of names) {
      tell({ kind: 'begins', file: name });
      const started = performance.now();
      await orFailed(bench, name, () => applyOne(bench, fileOf(order, name)));
      tell({ kind: 'applied', file: name, ms: Math.round(performance.now() - started) });
    }
  });

/** Undoes one file by its own way down, and its record with it. */
export const undoFile = (order: RunnerOrder, name: string, held: pg.Client, tell: Tell): Promise<void> =>
  atBench(order, held, tell, async (bench) => {
    tell({ kind: 'begins', file: name });
    const started = performance.now();
    await orFailed(bench, name, () => undoOne(bench, fileOf(order, name)));
    tell({ kind: 'applied', file: name, ms: Math.round(performance.now() - started) });
  });

const atBench = async (
  order: RunnerOrder,
  held: pg.Client,
  tell: Tell,
  work: (bench: Bench) => Promise<void>,
): Promise<void> => {
  const options = await statementOptions(held, order);
  const database: Knex = knex({
    client: 'pg',
    connection: { connectionString: order.databaseUrl, options },
    pool: {
      min: 0,
      max: 2,
      afterCreate: (connection: Connection, done: (error: null, connection: Connection) => void) => {
        intercept(connection, () => bench.meet);
        done(null, connection);
      },
    },
    acquireConnectionTimeout: 10_000,
    // What it would print is thrown as well.
    log: { warn: quiet, error: quiet, deprecate: quiet, debug: quiet },
    migrations: { migrationSource: sourceOf(order, (file) => migrationOf(bench, file)) },
  });
  const blockers = watchBlockers(held, statementsName);
  const bench: Bench = { order, database, held, blockers, tell, meet: null, sql: null };
  try {
    // Makes knex's tables where they are not there yet.
    await database.migrate.list();
    await freeOwnLock(held);
    await openJournal(held, order.files);
    await work(bench);
  } finally {
    await blockers.stop();
    await database.destroy();
  }
};

const quiet = (): void => undefined;

const fileOf = ({ files }: RunnerOrder, name: string): ReleaseFile => {
  const found = files.find((one) => one.name === name);
  if (!found) throw new Error(`the release has no migration ${name}`);
  return found;
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

const orFailed = async (bench: Bench, name: string, work: () => Promise<void>): Promise<void> => {
  bench.sql = null;
  try {
    await work();
  } catch (error) {
    throw new FailedFile(name, sqlStateOf(error) === null ? null : bench.sql, error);
  }
};

/** Tries a file until it goes through, or fails by something that does not pass by itself. */
const applyOne = async (bench: Bench, file: ReleaseFile): Promise<void> => {
  const loaded = await loadFile(bench.order.folder, file);
  const { held, tell } = bench;
  let filled = 0;
  for (let attempt = 1; ; attempt++) {
    const left = await leftOf(held, file.name);
    if (attempt === 1 && left) tell({ kind: 'note', text: foundWords(file.name, left) });
    await begin(held, { ...file, inTransaction: loaded.inTransaction });
    try {
      return await once(bench, file, loaded);
    } catch (error) {
      const now = (await leftOf(held, file.name))?.filled ?? 0;
      // What comes on is not what stands still.
      if (now > filled) attempt = 1;
      filled = now;
      await pauseOrThrow(bench, file.name, attempt, error);
    }
  }
};

/** What an earlier runner left of a file, in words: not applied, applied and not recorded, or half of it. */
const foundWords = (file: string, { state, inTransaction, statement, filled }: Begun): string => {
  if (state === 'ran') return `${file} was applied by an earlier runner and not recorded: it is recorded now`;
  if (inTransaction || statement === 0) return `${file} was begun by an earlier runner and not applied: it begins anew`;
  if (filled > 0) return `${file} was half applied by an earlier runner: it goes on after ${filled} rows`;
  return `${file} was half applied by an earlier runner, which came to statement ${statement}: it goes on from there`;
};

const once = async (bench: Bench, { name }: ReleaseFile, { inTransaction }: MigrationFile): Promise<void> => {
  const { database, held } = bench;
  if (inTransaction) {
    await database.migrate.up({ name });
    return;
  }
  await withKnexLock(held, name, () => database.migrate.up({ name }));
  await ended(held, name, 'applied');
};

const pauseOrThrow = async (
  { blockers, tell }: Bench,
  file: string,
  attempt: number,
  error: unknown,
): Promise<void> => {
  const sqlState = sqlStateOf(error);
  const pauseMs = pauseBefore({ attempt, sqlState, chance: Math.random() });
  if (pauseMs === null) throw error;
  const who = blockers.seen().map(blockerWords);
  tell({
    kind: 'waiting',
    because: `${file} found its tables in use (${sqlState}), and is tried again in ${(pauseMs / 1000).toFixed(1)} s, ${attempt + 1} of ${retries.attempts}${who.length > 0 ? `; ${who.join('; ')}` : ''}`,
  });
  await sleep(pauseMs);
};

/** Class and code of PostgreSQL's complaint, five characters. */
export const sqlStateOf = (error: unknown): string | null => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^[0-9A-Z]{5}$/.test(code) ? code : null;
};

/** The file as knex runs it: with its journal, and each statement met. */
const migrationOf = (
  bench: Bench,
  file: ReleaseFile,
): Knex.MigrationSource<ReleaseFile>['getMigration'] extends (one: ReleaseFile) => infer Loaded ? Loaded : never =>
  loadFile(bench.order.folder, file).then((loaded) => ({
    up: (knexOrTrx: Knex) => (loaded.inTransaction ? upInTransaction : upAlone)(bench, file, loaded, knexOrTrx),
    // knex insists on a way down, which is not taken through its migrator: that would leave the record apart.
    down: async () => undefined,
    config: { transaction: loaded.inTransaction },
  }));

const upInTransaction = async (bench: Bench, file: ReleaseFile, { up }: MigrationFile, trx: Knex): Promise<void> => {
  await meeting(bench, await guarded(file, numbered(bench, file.name)), async () => up?.(trx));
  await ended(asksOf(trx), file.name, 'applied');
};

const upAlone = async (bench: Bench, file: ReleaseFile, loaded: MigrationFile, database: Knex): Promise<void> => {
  const { held } = bench;
  const left = await leftOf(held, file.name);
  if (left?.state === 'ran') return;
  if (loaded.backfill) await fillFile(bench, file.name, loaded.backfill, left);
  else await meeting(bench, await guarded(file, onceEach(bench, file.name, loaded)), async () => loaded.up?.(database));
  await ended(held, file.name, 'ran');
};

const meeting = async (bench: Bench, meet: Meet, run: () => Promise<unknown>): Promise<void> => {
  bench.meet = meet;
  try {
    await run();
  } finally {
    bench.meet = null;
  }
};

/** Shows which statement runs; the transaction takes care of the rest. */
const numbered = (bench: Bench, file: string): Meet => {
  let n = 0;
  return async (sending, sql) => {
    bench.sql = sql;
    await atStatement(bench.held, file, ++n, sql);
    return sending.send();
  };
};

const onceEach = (bench: Bench, file: string, { isIdempotent }: MigrationFile): Meet => {
  const { held, tell, order } = bench;
  const show = numbered(bench, file);
  if (isIdempotent) return show;
  const statements = resumable({
    file,
    held,
    tell: (text) => tell({ kind: 'note', text }),
    patienceMs: order.statementTimeoutMs,
    lockTimeoutMs: order.lockTimeoutMs,
  });
  return (sending, sql, values) => statements.run({ ...sending, send: () => show(sending, sql, values) }, sql, values);
};

const undoOne = async (bench: Bench, file: ReleaseFile): Promise<void> => {
  const { database, held, order } = bench;
  const loaded = await loadFile(order.folder, file);
  const { down, backfill, inTransaction } = loaded;
  if (!down && !backfill) throw new Error(`${file.name} has no way down: write a migration that undoes it`);
  const remove = async (on: Asks) => {
    await on.query('delete from knex_migrations where name = $1', [file.name]);
    await forget(on, file.name);
  };
  if (inTransaction)
    return database.transaction(async (trx) => {
      await meeting(bench, numbered(bench, file.name), async () => down?.(trx));
      await remove(asksOf(trx));
    });
  const meet = onceEach(bench, `${file.name} (down)`, loaded);
  await meeting(bench, meet, async () => down?.(database));
  await forget(held, `${file.name} (down)`);
  await remove(held);
};

/** knex writes a placeholder as `?`, in the order in which they stand. */
const asksOf = (trx: Knex): Asks => ({
  query: (sql, values = []) =>
    trx.raw(
      sql.replace(/\$\d+/g, '?'),
      [...sql.matchAll(/\$(\d+)/g)].map(([, n]) => values[Number(n) - 1] as Knex.RawBinding),
    ),
});

const sourceOf = (
  order: RunnerOrder,
  load: Knex.MigrationSource<ReleaseFile>['getMigration'],
): Knex.MigrationSource<ReleaseFile> => ({
  getMigrations: async () => [...order.files],
  getMigrationName: ({ name }) => name,
  getMigration: load,
});
