/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('orders', (table) => {
    table.foreign('project_id', 'orders_project_two').references('id').inTable('projects').onDelete('RESTRICT');
  });
};
