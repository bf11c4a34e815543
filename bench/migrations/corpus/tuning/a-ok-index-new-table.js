/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.createTable('invoices', (table) => {
    table.bigIncrements('id');
    table.bigInteger('order_id').notNullable().index();
    table.text('number').unique();
  });
};
