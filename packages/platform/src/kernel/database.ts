import { Failure } from '@plumbline/contract/failure';
import pg from 'pg';
import { z } from 'zod';
import { asFailure, isConflictOfTransactions } from './database-errors.ts';
import { type Listening, listen } from './database-listen.ts';
import { sleep } from './wait.ts';

/** A database or a transaction: asks PostgreSQL. Rows are parsed here, where they come in: a row that does not fit is a bug of ours. */
export interface Queries {
  query<T>(sql: string, values: readonly unknown[], row: z.ZodType<T>): Promise<T[]>;
  /** For statements without rows; answers how many rows they touched. */
  execute(sql: string, values?: readonly unknown[]): Promise<number>;
}

export interface Transaction extends Queries {
  readonly inTransaction: true;
}

export interface Database extends Queries {
  readonly url: string;
  /**
   * Commits when `work` resolves, rolls back when it throws. Work is run again, at most 5 times, when PostgreSQL chose
   * this transaction as the victim of a deadlock or of a serialization conflict: so it holds nothing but queries.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** On a connection of its own, which comes back by itself. Resolves once it listens. */
  listen(channel: string, onNotify: (payload: string) => void, more?: Listening): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Closes the database when it fires. */
  readonly signal?: AbortSignal;
  /** Shown by pg_stat_activity. Default `plumbline`. */
  readonly applicationName?: string;
  /** Default 10. */
  readonly maxConnections?: number;
  /** Default 30 s: no statement of a control plane has a reason to take longer. */
  readonly statementTimeoutMs?: number;
}

const connectTimeoutMs = 5_000;
const attempts = 5;

/** Opens a bounded pool. It connects when it is first asked, and again by itself after PostgreSQL was away. */
export const openDatabase = (url: string, options: DatabaseOptions = {}): Database => {
  const { signal, applicationName = 'plumbline', maxConnections = 10, statementTimeoutMs = 30_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: applicationName,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // The server's own timeout does not fire when the server is frozen or the network is gone.
    query_timeout: statementTimeoutMs + connectTimeoutMs,
    idle_in_transaction_session_timeout: 2 * statementTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: { getTypeParser },
  });
  // An idle connection that breaks is dropped by the pool; whoever asks next gets a new one or is told why not.
  pool.on('error', () => undefined);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= pool.end();
    return closing;
  };
  signal?.addEventListener('abort', () => void close(), { once: true });
  return {
    url,
    ...queriesOn(pool, url),
    transaction: (work) => transactionOn(pool, url, work),
    listen: (channel, onNotify, more) => listen(url, `${applicationName} listen`, channel, onNotify, more),
    close,
  };
};

interface Runs {
  query(sql: string, values: unknown[]): Promise<pg.QueryResult<pg.QueryResultRow>>;
}

const queriesOn = (on: Runs, url: string): Queries => {
  const run = async (sql: string, values: readonly unknown[]) => {
    try {
      return await on.query(sql, [...values]);
    } catch (error) {
      throw asFailure(error, url);
    }
  };
  return {
    query: async (sql, values, row) => {
      const { rows } = await run(sql, values);
      return rows.map((found) => parseRow(found, row, sql));
    },
    execute: async (sql, values = []) => (await run(sql, values)).rowCount ?? 0,
  };
};

const parseRow = <T>(found: unknown, row: z.ZodType<T>, sql: string): T => {
  const parsed = row.safeParse(found);
  if (parsed.success) return parsed.data;
  const asked = sql.replace(/\s+/g, ' ').trim().slice(0, 80);
  throw new Failure('bug', `A row of "${asked}" is not what was expected: ${z.prettifyError(parsed.error)}`);
};

const transactionOn = async <T>(pool: pg.Pool, url: string, work: (tx: Transaction) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTransaction(pool, url, work);
    } catch (error) {
      if (!isConflictOfTransactions(error) || attempt === attempts) throw error;
      // Two victims of one conflict must not meet again at once.
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
};

const attemptTransaction = async <T>(pool: pg.Pool, url: string, work: (tx: Transaction) => Promise<T>): Promise<T> => {
  const client = await pool.connect().catch((error: unknown) => {
    throw asFailure(error, url);
  });
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  // A connection may break between two queries of the work, with nobody awaiting it.
  client.on('error', onError);
  try {
    const queries = queriesOn(client, url);
    await queries.execute('begin');
    try {
      const result = await work({ ...queries, inTransaction: true });
      await queries.execute('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((reason: Error) => {
        // What could not be rolled back ends with its connection; the first error says more than this one.
        broken = reason;
      });
      throw error;
    }
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
};

const int8 = 20;
const timestamptz = 1184;

/** Whole numbers as numbers (never silently rounded), points in time as epoch milliseconds; numeric stays text. */
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (oid: number, format?: 'text' | 'binary') => {
  if (oid === int8) return exactNumber;
  if (oid === timestamptz) return epochMs;
  return pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text');
};

const exactNumber = (text: string): number => {
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  throw new Failure('bug', `${text} from PostgreSQL is too large for a number: select it as text.`);
};

const parseTimestamp = pg.types.getTypeParser(timestamptz, 'text');

const epochMs = (text: string): number => {
  const parsed: unknown = parseTimestamp(text);
  if (parsed instanceof Date) return parsed.getTime();
  throw new Failure('bug', `${text} from PostgreSQL is no point in time.`);
};
