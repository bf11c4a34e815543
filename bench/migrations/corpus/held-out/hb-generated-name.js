/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table settings drop column value cascade`);
  await knex.raw(`alter table settings add column value text generated always as (upper(key)) stored`);
};
