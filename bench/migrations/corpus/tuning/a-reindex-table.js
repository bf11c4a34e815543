/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`reindex table orders`);
};
