/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table legacy_audit rename to audit_entries`);
  await knex.raw(`create view legacy_audit as select * from audit_entries`);
};
