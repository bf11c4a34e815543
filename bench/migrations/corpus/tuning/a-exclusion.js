/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table sessions add constraint no_twice exclude (token with =, id with =)`);
};
