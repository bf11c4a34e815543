import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/, 'a name as PostgreSQL writes it, without quotes');

/**
 * A backfill as a migration file declares it: `export const backfill = { … }`. Rows are filled where a column is still NULL,
 * so that nothing that somebody wrote is overwritten and a batch that is done twice changes nothing.
 */
export const backfillOrder = z.strictObject({
  table: name,
  /** What its rows are walked along: a unique key that has an index. */
  key: z.union([name.transform((one) => [one]), z.array(name).min(1)]),
  /** SQL expressions over the row, by column. */
  set: z.record(name, z.string().min(1)),
  /** A further condition. */
  where: z.string().min(1).optional(),
  /** Rows of the first batch. Default 500; later ones are as large as their time allows. */
  batch: z.int().min(1).max(10_000).default(500),
});
export type BackfillOrder = z.infer<typeof backfillOrder>;

/** The rows that are still to be filled, as a condition. */
export const unfilled = ({ set, where }: BackfillOrder): string => {
  const columns = Object.keys(set).map((column) => `${column} is null`);
  return `(${columns.join(' or ')})${where === undefined ? '' : ` and (${where})`}`;
};

/**
 * Fills the next batch after a key, or from the beginning, and answers the key that it came to and how many rows it
 * filled. `$1` is the batch's size, then come the parts of the key.
 */
export const batchStatement = (order: BackfillOrder, isFirst: boolean): string => {
  const { table, key, set } = order;
  const keys = key.join(', ');
  // Names of their own, or an expression of `set` over a key would not know which of the two it is of.
  const named = key.map((one, index) => `${one} as plumbline_key_${index}`).join(', ');
  const after = isFirst ? '' : `(${keys}) > (${key.map((_, index) => `$${index + 2}`).join(', ')}) and `;
  const sets = Object.entries(set).map(([column, value]) => `${column} = coalesce(t.${column}, ${value})`);
  const on = key.map((one, index) => `t.${one} = batch.plumbline_key_${index}`).join(' and ');
  return `with batch as (
    select ${named} from ${table} where ${after}${unfilled(order)} order by ${keys} limit $1 for no key update
  ), filled as (
    update ${table} as t set ${sets.join(', ')} from batch where ${on} returning 1
  )
  select (select count(*) from filled)::int as filled,
    (select array[${key.map((_, index) => `plumbline_key_${index}::text`).join(', ')}] from batch order by ${key.map((_, index) => `plumbline_key_${index} desc`).join(', ')} limit 1) as key`;
};

/** What a batch is to take, in milliseconds: so short that whoever waits for one of its rows, or for a core, hardly feels it. */
const aimMs = 20;

export interface Pace {
  readonly size: number;
  readonly pauseMs: number;
}

/**
 * How large the next batch is and how long it rests before it: twice as long as the last one took, so that most of the time
 * is everybody else's, and longer while it finds the database slow.
 */
export const nextPace = (size: number, tookMs: number, most = 10_000): Pace => {
  const wanted = tookMs <= 0 ? size * 2 : (size * aimMs) / tookMs;
  const next = Math.max(10, Math.min(most, size * 2, Math.max(size / 4, wanted)));
  const restMs = tookMs > 2 * aimMs ? 4 * tookMs : 2 * tookMs;
  return { size: Math.round(next), pauseMs: Math.round(Math.min(5_000, Math.max(2, restMs))) };
};
