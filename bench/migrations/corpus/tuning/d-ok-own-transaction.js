export const config = { transaction: false };

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.transaction(async (trx) => {
    await trx.raw('set local lock_timeout = 1000');
    await trx.raw('alter table users add column theme text');
  });
};
