/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(`create index projects_meta on orders using gin (to_tsvector('simple', payload))`);
};
