/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`update settings set value = 'reset'`);
};
