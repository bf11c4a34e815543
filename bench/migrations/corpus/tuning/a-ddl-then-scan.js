/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add column channel text`);
  await knex.raw(`select count(*), sum(length(payload)) from orders`);
  await knex.raw(`select count(*) from orders a join orders b on b.id = a.id + 1`);
};
