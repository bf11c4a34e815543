/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table sessions validate constraint sessions_user`);
};
