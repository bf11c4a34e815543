export const phase = 'contract';

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`drop view legacy_view`);
};
