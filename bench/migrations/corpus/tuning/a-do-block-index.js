/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`do $$ begin execute 'create index orders_region on orders (region)'; end $$`);
};
