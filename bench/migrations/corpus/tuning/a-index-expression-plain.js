/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create index sessions_token on sessions (lower(token))`);
  await knex.raw(`select 1`);
};
