/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table projects alter column budget type numeric(8,2)`);
};
