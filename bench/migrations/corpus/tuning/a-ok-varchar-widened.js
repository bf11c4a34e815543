/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders alter column reference type varchar(64)`);
};
