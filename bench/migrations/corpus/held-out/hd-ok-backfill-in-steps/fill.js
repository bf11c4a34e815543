export const config = { transaction: false };

/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  for (let low = 0; low <= 24000; low += 500)
    await knex('users')
      .where('id', '>', low)
      .where('id', '<=', low + 500)
      .whereNull('locale')
      .update({ locale: 'de' });
};
