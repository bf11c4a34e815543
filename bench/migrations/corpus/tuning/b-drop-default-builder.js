/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('projects', (table) => {
    table.specificType('status', 'project_status').notNullable().alter();
  });
};
