export const config = { transaction: false };

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create index concurrently if not exists orders_region on orders (region)`);
};
