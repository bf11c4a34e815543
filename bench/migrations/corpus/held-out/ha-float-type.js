/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('orders', (table) => {
    table.float('tax').alter();
  });
};
