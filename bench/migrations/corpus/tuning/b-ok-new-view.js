/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create view open_orders as select id, project_id from orders where state = 'new'`);
};
