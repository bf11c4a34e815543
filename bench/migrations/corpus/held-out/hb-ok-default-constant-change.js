/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table settings alter column updated_by set default 'system'`);
};
