/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.renameTable('sessions', 'logins');
};
