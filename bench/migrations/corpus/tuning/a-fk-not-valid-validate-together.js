/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table orders add column owner_id bigint`);
  await knex.raw(
    `alter table sessions add constraint sessions_user foreign key (user_id) references users (id) not valid`,
  );
  await knex.raw(`alter table sessions validate constraint sessions_user`);
  await knex.raw(`alter table orders drop column legacy_flag`);
};
