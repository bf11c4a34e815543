/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw('alter table orders add column channel text');
  for (let low = 0; low < 300000; low += 50000)
    await knex('orders')
      .where('id', '>', low)
      .andWhere('id', '<=', low + 50000)
      .update({ channel: 'web' });
};
