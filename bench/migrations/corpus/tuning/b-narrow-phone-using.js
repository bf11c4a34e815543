/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table users alter column phone type varchar(10) using left(phone, 10)`);
};
