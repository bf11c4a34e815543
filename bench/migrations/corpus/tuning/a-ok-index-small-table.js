/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('settings', (table) => {
    table.index(['updated_by']);
  });
};
