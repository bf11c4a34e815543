import type { Knex } from 'knex';

export const phase = 'contract';
// One statement at a time: what reads every row must not do it under the lock of what does not.
export const config = { transaction: false };

/** The third release. A check that is valid proves to SET NOT NULL that it need not read the table under its lock. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table users drop constraint if exists users_locale_present');
  await knex.raw('alter table users add constraint users_locale_present check (locale is not null) not valid');
  await knex.raw('alter table users validate constraint users_locale_present');
  await knex.raw('alter table users alter column locale set not null');
  await knex.raw('alter table users drop constraint users_locale_present');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table users alter column locale drop not null');
}
