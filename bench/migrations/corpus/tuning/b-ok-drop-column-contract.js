export const phase = 'contract';

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('users', (table) => {
    table.dropColumn('legacy_code');
  });
};
