export const config = { transaction: false };

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create index concurrently orders_state on orders (state)`);
};
