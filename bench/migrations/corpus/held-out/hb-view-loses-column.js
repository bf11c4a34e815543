/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`drop view order_totals`);
  await knex.raw(`create view order_totals as select count(*) as orders, sum(amount_cents) as cents from orders`);
};
