/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create unique index orders_region_key on orders (region)`);
};
