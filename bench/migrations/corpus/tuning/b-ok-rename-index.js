/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter index orders_project rename to orders_project_id_index`);
};
