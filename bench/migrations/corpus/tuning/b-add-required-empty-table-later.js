/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table sessions add column device text`);
  await knex.raw(`update sessions set device = 'x'`);
  await knex.raw(`alter table sessions alter column device set not null`);
};
