/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`reindex index orders_project`);
};
