import type { Asks } from './journal.ts';

const ours = 'plumbline:';

/**
 * Without a transaction knex commits its lock before it runs the file, and a kill leaves it taken for ever. A comment on
 * knex's table says that the lock is a runner's of ours, so that it may be freed by whoever holds the database.
 */
export const withKnexLock = async (held: Asks, file: string, run: () => Promise<unknown>): Promise<void> => {
  await freeOwnLock(held);
  await held.query(`comment on table knex_migrations_lock is '${ours} ${file.replaceAll("'", '')}'`);
  try {
    await run();
  } catch (error) {
    if (isSomebodyElses(error)) await unmark(held);
    throw error;
  }
  await unmark(held);
};

/** Frees knex's lock where it is a runner's of ours that has not come to its end, be it killed or cut off. */
export const freeOwnLock = async (held: Asks): Promise<void> => {
  const { rows } = await held.query<{ mark: string | null }>(
    "select obj_description(to_regclass('knex_migrations_lock')) as mark",
  );
  if (!rows[0]?.mark?.startsWith(ours)) return;
  await held.query('update knex_migrations_lock set is_locked = 0');
  await unmark(held);
};

const unmark = (held: Asks): Promise<unknown> => held.query('comment on table knex_migrations_lock is null');

/** knex found the lock taken; that it could not tell whether it took it, it says in other words. */
const isSomebodyElses = (error: unknown): boolean => error instanceof Error && /already locked/.test(error.message);
