/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create schema aside`);
  await knex.raw(`alter table legacy_audit set schema aside`);
  await knex.raw(`drop schema aside cascade`);
};
