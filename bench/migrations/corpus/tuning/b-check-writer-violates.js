/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add constraint amount_positive check (amount_cents > 0) not valid`);
};
