/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    `alter table sessions add constraint sessions_user foreign key (user_id) references users (id) not valid`,
  );
};
