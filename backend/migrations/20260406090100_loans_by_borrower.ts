import type { Knex } from 'knex';

export const phase = 'expand';
export const config = { transaction: false };

/** Under the name that the specification gives it; the one of the first migration, which does the same, goes once it is there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop index concurrently if exists idx_loans_borrower_id');
  await knex.raw('create index concurrently idx_loans_borrower_id on loans (borrower_id)');
  await knex.raw('drop index concurrently if exists loans_borrower_id_index');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index concurrently if exists loans_borrower_id_index');
  await knex.raw('create index concurrently loans_borrower_id_index on loans (borrower_id)');
  await knex.raw('drop index concurrently if exists idx_loans_borrower_id');
}
