/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('orders', (table) => {
    table.string('state', 40).notNullable().alter();
  });
};
