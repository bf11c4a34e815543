/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('orders', (table) => {
    table.decimal('tax', 10, 2).notNullable().alter();
  });
};
