/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex('legacy_audit').whereNotNull('id').del();
};
