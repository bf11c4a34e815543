/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add column channel text`);
  await knex.raw(`update orders set channel = 'web' where id <= 150000`);
};
