/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    `create function refuse() returns trigger language plpgsql as $$ begin if new.note is null then raise exception 'no note'; end if; return new; end $$`,
  );
  await knex.raw(`create trigger orders_note before insert on orders for each row execute function refuse()`);
};
