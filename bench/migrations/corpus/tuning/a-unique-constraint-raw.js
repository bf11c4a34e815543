/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add constraint orders_reference_key unique (reference)`);
};
