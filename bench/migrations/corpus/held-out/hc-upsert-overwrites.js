/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    "insert into settings (key, value) select key, 'default' from settings on conflict (key) do update set value = excluded.value",
  );
};
