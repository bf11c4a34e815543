/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table projects alter column title type varchar(100)`);
};
