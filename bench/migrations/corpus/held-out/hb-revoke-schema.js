/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`revoke all on all tables in schema public from app`);
};
