/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table users add constraint nick check (nickname is not null) not valid`);
};
