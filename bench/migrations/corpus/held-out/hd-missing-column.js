/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex('orders').where('no_such_column', 1).update({ state: 'x' });
};
