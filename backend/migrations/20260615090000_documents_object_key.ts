import type { Knex } from 'knex';

export const phase = 'expand';

/**
 * A column is renamed: `stored_as` becomes `object_key`. The release that runs writes the old one and the next one the new
 * one; until nobody does the former any more, each write gives both.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('documents', (table) => {
    table.text('object_key').nullable();
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

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop trigger documents_keep_both_keys on documents');
  await knex.raw('drop function documents_keep_both_keys()');
  await knex.schema.alterTable('documents', (table) => {
    table.dropColumn('object_key');
  });
}
