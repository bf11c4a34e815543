/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`revoke insert on orders from app`);
};
