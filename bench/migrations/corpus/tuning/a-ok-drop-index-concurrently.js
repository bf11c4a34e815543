export const config = { transaction: false };

export const phase = 'contract';

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`drop index concurrently if exists orders_legacy_idx`);
};
