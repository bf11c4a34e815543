import knex, { type Knex } from 'knex';
import type { Log } from '../logging/log.ts';
import { connectionTo } from './connection.ts';

export type Database = Knex;
export type Transaction = Knex.Transaction;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The pool of one process. It opens nothing until it is asked, and forgets what died while it was idle. */
export function openDatabase(databaseUrl: string, poolMax: number, log: Log): Database {
  return knex({
    client: 'pg',
    connection: {
      ...connectionTo(databaseUrl),
      statement_timeout: 10 * SECOND,
      idle_in_transaction_session_timeout: 15 * SECOND,
    },
    pool: {
      min: 0,
      max: poolMax,
      idleTimeoutMillis: 30 * SECOND,
      // After a failover, connections to the old primary must go; the jitter keeps replicas from reconnecting together.
      maxConnectionLifetimeMillis: 30 * MINUTE,
      maxConnectionLifetimeJitterMillis: 5 * MINUTE,
    },
    acquireConnectionTimeout: 3 * SECOND,
    log: {
      warn: (notice: unknown) => log.warn('the database driver warns', { notice }),
      error: (notice: unknown) => log.error('the database driver reports an error', { notice }),
      deprecate: (notice: unknown) => log.debug('the database driver deprecates', { notice }),
      debug: (notice: unknown) => log.debug('the database driver notes', { notice }),
    },
  });
}

/** How many of the pool's connections are at work. */
export const connectionsInUse = (database: Database): number => database.client.pool.numUsed();
