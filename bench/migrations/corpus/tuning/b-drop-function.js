/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`drop function full_title(projects)`);
};
