/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`drop view order_totals`);
  await knex.raw(`create view order_totals as select project_id as project, count(*) as orders from orders group by 1`);
};
