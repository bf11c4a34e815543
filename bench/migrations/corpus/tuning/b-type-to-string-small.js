/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table settings alter column value type jsonb using to_jsonb(value)`);
};
