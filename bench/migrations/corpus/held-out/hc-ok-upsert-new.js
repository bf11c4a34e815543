/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex('settings').insert({ key: 'feature', value: 'on' }).onConflict('key').merge();
};
