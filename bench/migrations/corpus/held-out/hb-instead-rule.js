/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create rule settings_frozen as on update to settings do instead nothing`);
  await knex.raw(`create rule settings_frozen_insert as on insert to settings do instead nothing`);
};
