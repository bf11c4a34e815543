/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter table settings add column length integer`);
  await knex.raw(
    `create function measure() returns trigger language plpgsql as $$ begin new.length := length(new.value); return new; end $$`,
  );
  await knex.raw(
    `create trigger settings_length before insert or update on settings for each row execute function measure()`,
  );
};
