/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex('sessions').whereNull('device').update({ device: 'unknown' });
};
