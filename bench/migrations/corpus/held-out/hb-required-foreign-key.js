/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('sessions', (table) => {
    table.bigInteger('project_id').notNullable().references('projects.id');
  });
};
