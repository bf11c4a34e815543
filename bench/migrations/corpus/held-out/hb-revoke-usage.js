/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`revoke usage on sequence invoice_numbers from app`);
};
