/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.alterTable('projects', (table) => {
    table.renameColumn('title', 'headline');
    table.string('title').nullable();
  });
};
