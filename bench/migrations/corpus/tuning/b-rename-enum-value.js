/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter type project_status rename value 'active' to 'open'`);
};
