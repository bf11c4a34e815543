/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    `alter table orders alter column placed_at type timestamptz using placed_at at time zone 'Europe/Berlin'`,
  );
};
