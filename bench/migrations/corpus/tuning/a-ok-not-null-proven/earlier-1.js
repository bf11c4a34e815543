/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add constraint tax_there check (tax is not null) not valid`);
};
