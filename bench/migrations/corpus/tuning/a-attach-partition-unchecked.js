/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    `alter table measurements attach partition measurements_2025 for values from ('2025-01-01') to ('2026-01-01')`,
  );
  await knex.raw(`create index on measurements (value)`);
};
