import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { z } from 'zod';

const name = z.string().regex(/^[a-z_][a-z0-9_]*$/, 'a name as PostgreSQL writes it, without quotes');

/** What a migration file fills, declared: rows in which a column of `set` is still NULL, walked along `key`. */
export const backfill = z.strictObject({
  table: name,
  key: name,
  /** SQL expressions over the row, by column. */
  set: z.record(name, z.string()),
  where: z.string().optional(),
  batch: z.int().min(1).max(10_000).default(500),
});
export type Backfill = z.infer<typeof backfill>;

/** Fills batch by batch, each committed by itself, and rests as long as a batch took. Interrupted, it goes on with what is still NULL. */
export async function fill(database: Knex, { table, key, set, where, batch }: Backfill): Promise<void> {
  const columns = Object.keys(set);
  const empty = `(${columns.map((column) => `${column} is null`).join(' or ')})${where ? ` and (${where})` : ''}`;
  const sets = Object.entries(set).map(([column, value]) => `${column} = coalesce(t.${column}, ${value})`);
  let after: unknown = null;
  for (;;) {
    const began = performance.now();
    const { rows } = await database.raw(
      `with batch as (
         select ${key} as batch_key from ${table} where ${after === null ? '' : `${key} > :after and `}${empty}
         order by ${key} limit :batch for no key update
       ), filled as (
         update ${table} as t set ${sets.join(', ')} from batch where t.${key} = batch_key returning 1
       )
       select batch_key as last, (select count(*) from filled) from batch order by batch_key desc limit 1`,
      { batch, ...(after === null ? {} : { after }) },
    );
    if (rows[0] === undefined) return;
    after = rows[0].last;
    await sleep(performance.now() - began);
  }
}
