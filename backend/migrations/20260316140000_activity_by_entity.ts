import type { Knex } from 'knex';

export const phase = 'expand';
// Building it in a transaction would hold off every write to the log for as long as it takes.
export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  // A build that was interrupted leaves an invalid index of this name behind, which IF NOT EXISTS would take for done.
  await knex.raw('drop index concurrently if exists activity_log_entity_index');
  await knex.raw('create index concurrently activity_log_entity_index on activity_log (entity_type, entity_id)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index concurrently if exists activity_log_entity_index');
}
