/** @param {import('knex').Knex} knex */
export const up = async (knex) => {
  await knex.raw(
    `alter table measurements_2025 add constraint in_year check (taken_on >= '2025-01-01' and taken_on < '2026-01-01')`,
  );
};
