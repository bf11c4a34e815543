import type { Knex } from 'knex';

export const phase = 'expand';
export const config = { transaction: false };

/** As unique as the old column was. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop index concurrently if exists documents_object_key_unique');
  await knex.raw('create unique index concurrently documents_object_key_unique on documents (object_key)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index concurrently if exists documents_object_key_unique');
}
