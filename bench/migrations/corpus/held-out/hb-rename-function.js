/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter function full_title(projects) rename to title_of`);
};
