/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`alter type project_status add value 'paused'`);
  await knex.raw(`update projects set status = 'paused' where id > 4990`);
};
