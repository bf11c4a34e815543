/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('orders', (table) => {
    table.bigInteger('invoice_id').nullable().references('id').inTable('projects');
  });
};
