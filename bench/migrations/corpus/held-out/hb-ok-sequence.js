/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create sequence receipt_numbers`);
  await knex.raw(`grant usage on sequence receipt_numbers to app`);
};
