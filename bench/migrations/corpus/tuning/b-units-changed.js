/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`update projects set budget = budget * 100 where id < 2000`);
};
