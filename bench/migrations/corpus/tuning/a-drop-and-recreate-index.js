/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`drop index orders_project`);
  await knex.raw(`create index orders_project on orders (project_id, id)`);
};
