/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.table('orders', (table) => {
    table.index(['project_id', 'state'], 'orders_project_state');
  });
};
