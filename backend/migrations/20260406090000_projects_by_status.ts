import type { Knex } from 'knex';

export const phase = 'expand';
// Building it in a transaction would hold off every write to the projects for as long as it takes.
export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop index concurrently if exists idx_projects_status');
  await knex.raw('create index concurrently idx_projects_status on projects (status)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index concurrently if exists idx_projects_status');
}
