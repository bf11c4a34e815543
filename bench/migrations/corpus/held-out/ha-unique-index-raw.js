/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create unique index orders_reference_unique on orders (lower(reference))`);
};
