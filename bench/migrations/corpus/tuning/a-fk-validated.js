/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    `alter table orders add constraint orders_project_two foreign key (project_id) references projects (id)`,
  );
};
