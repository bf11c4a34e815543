/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table settings drop column updated_by`);
  await knex.raw(`alter table settings add column updated_by text generated always as (key) stored`);
};
