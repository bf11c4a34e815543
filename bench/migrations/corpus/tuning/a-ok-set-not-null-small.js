/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table legacy_audit alter column at set not null`);
};
