/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`drop materialized view project_stats`);
};
