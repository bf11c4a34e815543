/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table settings rename to preferences`);
  await knex.raw(`create view settings as select * from preferences`);
  await knex.raw(`grant select, insert, update, delete on settings to app`);
  await knex.raw(`drop view settings`);
  await knex.raw(`alter table preferences rename to settings`);
};
