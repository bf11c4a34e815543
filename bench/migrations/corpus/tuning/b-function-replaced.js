/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`drop function full_title(projects)`);
  await knex.raw(
    `create function full_title(p projects, shout boolean) returns text language sql as $$ select p.title $$`,
  );
};
