/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create table changes (what text, at timestamptz default now())`);
  await knex.raw(`grant insert on changes to app`);
  await knex.raw(
    `create function log_change() returns trigger language plpgsql security definer as $$ begin insert into changes (what) values (tg_table_name); return null; end $$`,
  );
  await knex.raw(`create trigger settings_logged after update on settings for each row execute function log_change()`);
};
