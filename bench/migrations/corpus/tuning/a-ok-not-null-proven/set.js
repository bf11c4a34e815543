/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders alter column tax set not null`);
  await knex.raw(`alter table orders drop constraint tax_there`);
};
