/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table users add column phone_new text`);
  await knex.raw(`update users set phone_new = phone`);
  await knex.raw(`alter table users drop column phone`);
  await knex.raw(`alter table users rename column phone_new to phone`);
  await knex.raw(`alter table users alter column phone type varchar(8) using left(phone, 8)`);
};
