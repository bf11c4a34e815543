import type { Knex } from 'knex';

export const phase = 'contract';
export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table documents drop constraint if exists documents_object_key_present');
  await knex.raw(
    'alter table documents add constraint documents_object_key_present check (object_key is not null) not valid',
  );
  await knex.raw('alter table documents validate constraint documents_object_key_present');
  await knex.raw('alter table documents alter column object_key set not null');
  await knex.raw('alter table documents drop constraint documents_object_key_present');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table documents alter column object_key drop not null');
}
