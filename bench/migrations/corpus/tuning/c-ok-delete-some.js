/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex('legacy_audit').where('what', 'w17').delete();
};
