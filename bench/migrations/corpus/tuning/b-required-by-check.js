/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table users add column tier text`);
  await knex.raw(`alter table users add constraint tier_there check (tier is not null) not valid`);
};
