/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`delete from legacy_audit where 1 = 1`);
};
