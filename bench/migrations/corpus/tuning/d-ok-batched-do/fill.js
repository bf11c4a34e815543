export const config = { transaction: false };

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    `do $$ declare low bigint := 0; begin while low < 30000 loop update users set channel = 'web' where id > low and id <= low + 1000 and channel is null; low := low + 1000; commit; end loop; end $$`,
  );
};
