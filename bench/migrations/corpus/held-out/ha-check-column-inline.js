/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add column stars smallint default 5 check (stars between 1 and 5)`);
};
