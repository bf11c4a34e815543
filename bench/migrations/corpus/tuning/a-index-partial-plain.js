/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create index orders_open on orders (placed_at) where state = 'new'`);
};
