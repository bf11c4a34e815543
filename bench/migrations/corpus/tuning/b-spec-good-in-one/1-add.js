/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('users', (table) => {
    table.string('new_field').nullable();
  });
};
