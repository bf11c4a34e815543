/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table settings add column id bigint`);
  await knex.raw(`alter table settings drop constraint settings_pkey`);
  await knex.raw(`alter table settings add primary key (id)`);
};
