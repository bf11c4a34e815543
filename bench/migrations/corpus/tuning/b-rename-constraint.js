/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table settings rename constraint settings_pkey to settings_key`);
};
