/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table if exists ordersx add column a int`);
  await knex.raw(`alter table usersx add column a int`);
};
