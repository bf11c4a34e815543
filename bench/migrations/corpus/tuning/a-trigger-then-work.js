/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create trigger orders_touch before update on orders for each row execute function touch()`);
  await knex.raw(`update orders set legacy_flag = true where id between 200000 and 320000`);
};
