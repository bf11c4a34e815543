/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create table scratch (id int)`);
  await knex.raw(`drop table scratch`);
};
