/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`grant select on users to analyst`);
};
