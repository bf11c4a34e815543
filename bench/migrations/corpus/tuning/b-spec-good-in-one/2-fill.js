/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex('users').update({ new_field: 'default_value' });
};
