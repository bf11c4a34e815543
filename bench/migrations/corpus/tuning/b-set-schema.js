/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create schema archive`);
  await knex.raw(`alter table settings set schema archive`);
};
