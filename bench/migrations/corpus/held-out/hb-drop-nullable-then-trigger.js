/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    `create function no_delete() returns trigger language plpgsql as $$ begin raise exception 'never delete'; end $$`,
  );
  await knex.raw(`create trigger orders_kept before delete on orders for each row execute function no_delete()`);
};
