/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    `create or replace view order_totals as select project_id, count(*) as orders, sum(amount_cents) as cents, max(id) as last from orders where project_id < 50 group by project_id`,
  );
};
