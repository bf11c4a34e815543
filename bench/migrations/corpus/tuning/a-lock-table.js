/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`lock table orders in exclusive mode`);
  await knex.raw(`select pg_sleep(0.6)`);
};
