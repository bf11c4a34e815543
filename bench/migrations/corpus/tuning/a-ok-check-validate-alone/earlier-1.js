/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add constraint tax_positive check (tax > 0) not valid`);
};
