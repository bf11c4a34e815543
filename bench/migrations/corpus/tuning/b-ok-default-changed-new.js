/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table users add column plan text`);
  await knex.raw(`alter table users alter column plan set default 'free'`);
};
