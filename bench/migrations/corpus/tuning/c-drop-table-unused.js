/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.schema.dropTable('legacy_audit_copy').catch(() => undefined);
  await knex.raw('drop table legacy_audit cascade');
};
