/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table users drop constraint users_role_check`);
};
