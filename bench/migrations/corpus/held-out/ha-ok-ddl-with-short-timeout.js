/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`set local lock_timeout = '2s'`);
  await knex.raw(`alter table orders add column gift boolean not null default false`);
};
