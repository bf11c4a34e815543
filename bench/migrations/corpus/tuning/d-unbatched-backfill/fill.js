/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex('orders').update({ channel: 'web' });
};
