/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('orders', (table) => {
    table.uuid('batch_id').nullable();
    table.index('batch_id');
  });
};
