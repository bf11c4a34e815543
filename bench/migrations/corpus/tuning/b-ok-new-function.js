/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create function half(n integer) returns integer language sql immutable as $$ select n / 2 $$`);
};
