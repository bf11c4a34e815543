/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create schema reports`);
  await knex.raw(`alter view order_totals set schema reports`);
};
