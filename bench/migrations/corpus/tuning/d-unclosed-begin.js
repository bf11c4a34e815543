export const config = { transaction: false };

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`begin`);
  await knex.raw(`alter table orders add column channel text`);
  await knex.raw(`select pg_sleep(0.6)`);
  await knex.raw(`commit`);
};
