/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`comment on column orders.tax is 'in euro'`);
};
