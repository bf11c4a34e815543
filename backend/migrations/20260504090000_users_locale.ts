import type { Knex } from 'knex';

export const phase = 'expand';

/** The first of three releases: the column may be empty, since the release that runs does not write it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('users', (table) => {
    table.text('locale').nullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('users', (table) => {
    table.dropColumn('locale');
  });
}
