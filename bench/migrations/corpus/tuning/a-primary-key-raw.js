/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table sessions drop constraint sessions_pkey`);
  await knex.raw(`alter table sessions add primary key (id, user_id)`);
};
