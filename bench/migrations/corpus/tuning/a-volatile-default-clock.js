/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add column seen_at timestamptz default clock_timestamp()`);
};
