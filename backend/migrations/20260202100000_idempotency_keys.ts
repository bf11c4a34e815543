import type { Knex } from 'knex';

export const phase = 'expand';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('idempotency_keys', (table) => {
    table.uuid('user_id').notNullable().references('users.id').onDelete('CASCADE');
    table.text('key').notNullable();
    table.text('fingerprint').notNullable();
    // The answer; empty only inside the transaction that claimed the key.
    table.jsonb('body');
    table.timestamp('created_at').notNullable().defaultTo(knex.fn.now()).index();
    table.primary(['user_id', 'key']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('idempotency_keys');
}
