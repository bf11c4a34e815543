/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.createTable('labels', (table) => {
    table.increments();
    table.bigInteger('project_id').references('projects.id');
    table.text('name');
  });
};
