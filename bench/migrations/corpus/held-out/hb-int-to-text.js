/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders alter column quantity drop default`);
  await knex.raw(`alter table orders alter column quantity type text using quantity::text`);
  await knex.raw(`alter table orders alter column quantity set default '1'`);
};
