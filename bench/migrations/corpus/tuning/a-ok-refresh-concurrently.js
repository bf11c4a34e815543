/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`refresh materialized view concurrently project_stats`);
};
