/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add column gross numeric generated always as (amount_cents * 1.19) stored`);
};
