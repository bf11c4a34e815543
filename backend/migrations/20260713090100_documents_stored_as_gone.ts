import type { Knex } from 'knex';

export const phase = 'contract';

/** Nobody writes or reads the old column any more. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop trigger documents_keep_both_keys on documents');
  await knex.raw('drop function documents_keep_both_keys()');
  await knex.schema.alterTable('documents', (table) => {
    table.dropColumn('stored_as');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('documents', (table) => {
    table.text('stored_as').nullable();
  });
  await knex('documents')
    .whereNull('stored_as')
    .update({ stored_as: knex.ref('object_key') });
  await knex.schema.alterTable('documents', (table) => {
    table.text('stored_as').notNullable().unique().alter();
  });
  await knex.raw(`
    create function documents_keep_both_keys() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and new.object_key is distinct from old.object_key then
        new.stored_as := new.object_key;
      elsif tg_op = 'UPDATE' and new.stored_as is distinct from old.stored_as then
        new.object_key := new.stored_as;
      end if;
      new.object_key := coalesce(new.object_key, new.stored_as);
      new.stored_as := coalesce(new.stored_as, new.object_key);
      return new;
    end $$`);
  await knex.raw(`
    create trigger documents_keep_both_keys before insert or update on documents
      for each row execute function documents_keep_both_keys()`);
}
