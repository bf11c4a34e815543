/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`update users set nickname = name where nickname is null`);
};
