/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('projects', (table) => {
    table.string('title', 300).notNullable().alter();
  });
};
