import { sleep } from '../kernel/wait.ts';
import { type BackfillOrder, batchStatement, nextPace, unfilled } from './backfill.ts';
import type { Asks } from './journal.ts';

export interface BackfillRun {
  readonly file: string;
  readonly order: BackfillOrder;
  /** A connection with the time-outs of a migration. */
  readonly on: Asks;
  /** Where an earlier runner came to. */
  readonly from: { readonly key: readonly string[] | null; readonly filled: number };
  readonly tell: (progress: { readonly filled: number; readonly of: number }) => void;
}

/** Rows that come in unfilled while it runs are met by a further walk; so many, and then they are somebody's who does not fill them. */
const mostWalks = 3;
const tellEveryMs = 2_000;

/** Fills rows batch by batch; a batch and how far it came are one transaction. Answers how many it filled in all, and how many are left. */
export const runBackfill = async (run: BackfillRun): Promise<{ readonly filled: number; readonly left: number }> => {
  const { order, on } = run;
  const of = run.from.filled + (await leftIn(on, order));
  let { key, filled } = run.from;
  for (let walk = 1; walk <= mostWalks; walk++) {
    filled = await walkOnce(run, key, filled, of);
    key = null;
    if ((await leftIn(on, order)) === 0) break;
  }
  run.tell({ filled, of: Math.max(of, filled) });
  return { filled, left: await leftIn(on, order) };
};

const walkOnce = async (
  run: BackfillRun,
  from: readonly string[] | null,
  before: number,
  of: number,
): Promise<number> => {
  let key = from;
  let filled = before;
  let size = run.order.batch;
  let told = performance.now();
  for (;;) {
    const began = performance.now();
    const done = await oneBatch(run, key, filled, size);
    if (done.key === null) return filled;
    key = done.key;
    filled += done.filled;
    if (performance.now() - told > tellEveryMs) {
      told = performance.now();
      run.tell({ filled, of: Math.max(of, filled) });
    }
    const pace = nextPace(size, performance.now() - began);
    size = pace.size;
    await sleep(pace.pauseMs);
  }
};

interface Batch {
  readonly filled: number;
  readonly key: readonly string[] | null;
}

const oneBatch = async (
  { on, order, file }: BackfillRun,
  key: readonly string[] | null,
  before: number,
  size: number,
): Promise<Batch> => {
  await on.query('begin');
  try {
    const { rows } = await on.query<{ filled: number; key: string[] | null }>(batchStatement(order, key === null), [
      size,
      ...(key ?? []),
    ]);
    const done = { filled: rows[0]?.filled ?? 0, key: rows[0]?.key ?? null };
    await on.query(
      'update plumbline_journal.migration_journal set key = $2, filled = $3, statement = statement + 1 where file = $1',
      [file, done.key, before + done.filled],
    );
    await on.query('commit');
    return done;
  } catch (error) {
    // On a connection that is gone there is nothing to roll back.
    await on.query('rollback').catch(() => undefined);
    throw error;
  }
};

const leftIn = async (on: Asks, order: BackfillOrder): Promise<number> => {
  const { rows } = await on.query<{ left: number }>(
    `select count(*)::float8 as left from ${order.table} where ${unfilled(order)}`,
  );
  return rows[0]?.left ?? 0;
};
