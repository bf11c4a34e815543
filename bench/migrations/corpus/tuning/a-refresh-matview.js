/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add column shipped boolean`);
  await knex.raw(`refresh materialized view project_stats`);
  await knex.raw(`create index orders_tax on orders (tax)`);
};
