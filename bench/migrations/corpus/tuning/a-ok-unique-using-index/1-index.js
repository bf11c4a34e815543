export const config = { transaction: false };

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create unique index concurrently orders_reference on orders (reference)`);
};
