/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex('projects').update({ meta: null });
};
