/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('orders', (table) => {
    table.jsonb('extra').nullable();
    table.text('channel').nullable();
    table.integer('priority').notNullable().defaultTo(0);
  });
};
