import type pg from 'pg';
import { type BackfillOrder, unfilled } from './backfill.ts';
import type { Asks, Begun } from './journal.ts';
import { loadFile } from './migration-file.ts';
import { runBackfill } from './run-backfill.ts';
import { connectTo, statementOptions } from './runner-lock.ts';
import type { RunnerEvent, RunnerOrder } from './runner-words.ts';

interface Place {
  readonly order: RunnerOrder;
  readonly held: pg.Client;
  readonly tell: (event: RunnerEvent) => void;
}

/** Fills what a file declares, on a connection of its own, from where an earlier runner came to. */
export const fillFile = async (
  { order, held, tell }: Place,
  file: string,
  backfill: BackfillOrder,
  from: Pick<Begun, 'key' | 'filled'> | null,
): Promise<void> => {
  const on = await connectTo(order.databaseUrl, await statementOptions(held, order));
  try {
    const { left } = await runBackfill({
      file,
      order: backfill,
      on,
      from: from ?? { key: null, filled: 0 },
      tell: ({ filled, of }) => tell({ kind: 'note', text: `${file}: ${filled} of ${of} rows` }),
    });
    if (left > 0)
      tell({
        kind: 'note',
        text: `${file}: ${left} rows came in unfilled meanwhile: whoever writes them does not know of the column`,
      });
  } finally {
    await on.end();
  }
};

/**
 * Fills once more, before contracts, what releases that did not know of a column left empty after its backfill: by now no
 * such release runs.
 */
export const refill = async (place: Place, names: readonly string[]): Promise<void> => {
  const { order, held } = place;
  for (const file of order.files) {
    if (file.phase !== 'backfill' || names.includes(file.name)) continue;
    const { backfill } = await loadFile(order.folder, file);
    if (backfill && (await isUnfilled(held, backfill))) await fillFile(place, file.name, backfill, null);
  }
};

const isUnfilled = async (held: Asks, backfill: BackfillOrder): Promise<boolean> => {
  const { rows } = await held.query<{ there: number }>(
    `select count(*)::int as there from pg_attribute
     where attrelid = to_regclass($1) and attname = any($2) and not attisdropped`,
    [backfill.table, Object.keys(backfill.set)],
  );
  // What a later migration has taken away is nobody's to fill.
  if (rows[0]?.there !== Object.keys(backfill.set).length) return false;
  const { rowCount } = await held.query(`select 1 from ${backfill.table} where ${unfilled(backfill)} limit 1`);
  return rowCount === 1;
};
