/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`update projects set meta = jsonb_build_object('count', meta -> 'n')`);
};
