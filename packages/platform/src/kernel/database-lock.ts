import pg from 'pg';
import { asFailure } from './database-errors.ts';
import { waitFor } from './wait.ts';

/** What several control planes must not do at once. The numbers are ours among those of the database. */
export const locks = { schema: 7_586_001, launch: 7_586_002, takeOver: 7_586_003, seal: 7_586_004 } as const;

const patience = { deadlineMs: 120_000, everyMs: 50 };

/**
 * Does the work while no other control plane does work under this lock; one that dies gives it back with its connection.
 * Asked for again and again rather than waited for: a query that waits holds a snapshot, for which PostgreSQL's
 * `create index concurrently`, in the very work that holds the lock, would wait in turn.
 */
export const withLock = async <T>(
  url: string,
  lock: number,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => {
  const client = new pg.Client({ connectionString: url, application_name: 'plumbline lock' });
  // A connection that breaks off is noticed by the work itself, which uses the same database.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await waitFor('The lock of the database', () => tryLock(client, lock), {
      ...patience,
      ...(signal === undefined ? {} : { signal }),
    });
    return await work();
  } catch (error) {
    throw asFailure(error, url);
  } finally {
    await client.end();
  }
};

const tryLock = async (client: pg.Client, lock: number) => {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [lock]);
  return rows[0]?.locked ? { done: true } : { because: 'another control plane holds it' };
};
