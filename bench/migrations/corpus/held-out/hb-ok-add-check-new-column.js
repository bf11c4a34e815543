/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table settings add column kind text check (kind in ('a', 'b'))`);
};
