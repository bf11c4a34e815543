/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create table channels (name text primary key)`);
  await knex.raw(
    `alter table orders add constraint orders_channel foreign key (external_id) references channels (name) not valid`,
  );
};
