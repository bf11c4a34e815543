export const config = { transaction: false };

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`cluster orders using orders_project`);
};
