/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex('settings')
    .insert([
      { key: 'theme', value: 'dark' },
      { key: 'locale', value: 'de' },
    ])
    .onConflict('key')
    .ignore();
};
