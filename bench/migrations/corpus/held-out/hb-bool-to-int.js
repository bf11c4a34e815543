/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table projects alter column archived drop default`);
  await knex.raw(`alter table projects alter column archived type integer using archived::int`);
  await knex.raw(`alter table projects alter column archived set default 0`);
};
