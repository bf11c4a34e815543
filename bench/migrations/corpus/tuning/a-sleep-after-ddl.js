/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table users add column nick2 text`);
  await knex.raw(`select pg_sleep(0.6)`);
};
