import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../logging/log.ts';
import { connectionTo } from './connection.ts';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 3_000;
const CHECK_DEADLINE_MS = 2_000;

export interface Notices {
  readonly channel: string;
  readonly onNotice: (payload: string) => void;
  /** The connection is back, or there for the first time; what was notified before went unheard. */
  readonly onConnected: () => void;
}

/**
 * One connection beside the pool, kept for as long as the process lives. It hears notifications, and it answers whether the
 * database is there: a pool whose connections are all busy must not look like a database that is down.
 */
export interface Listener {
  readonly check: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export function listen(databaseUrl: string, notices: Notices, log: Log): Listener {
  const stopping = new AbortController();
  let current: pg.Client | undefined;

  const connectOnce = async (): Promise<void> => {
    const client = createClient(databaseUrl, notices, log);
    const gone = new Promise<void>((resolve) => client.once('end', resolve));
    // In whatever state it is: a stop must not wait for a connection that is only being made.
    const leave = () => void client.end();
    stopping.signal.addEventListener('abort', leave, { once: true });
    try {
      await client.connect();
      await client.query(`listen ${pg.escapeIdentifier(notices.channel)}`);
      current = client;
      log.info('connected to the database');
      notices.onConnected();
      await gone;
    } finally {
      current = undefined;
      stopping.signal.removeEventListener('abort', leave);
      await client.end();
    }
  };

  const living = repeat(connectOnce, stopping.signal, log);
  return {
    check: () => answers(current),
    close: async () => {
      stopping.abort();
      await living;
    },
  };
}

function createClient(databaseUrl: string, notices: Notices, log: Log): pg.Client {
  const client = new pg.Client({ ...connectionTo(databaseUrl), query_timeout: CHECK_DEADLINE_MS });
  client.on('error', (error) => log.warn('lost the database', { error }));
  client.on('notification', ({ payload }) => notices.onNotice(payload ?? ''));
  return client;
}

/** Connects again whenever the connection has ended, later after each failure in a row. */
async function repeat(connectOnce: () => Promise<void>, stopping: AbortSignal, log: Log): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!stopping.aborted) {
    try {
      await connectOnce();
      retryMs = FIRST_RETRY_MS;
    } catch (error) {
      if (stopping.aborted) return;
      log.warn('cannot reach the database', { error, retryMs });
    }
    await delay(retryMs, undefined, { signal: stopping }).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
}

async function answers(client: pg.Client | undefined): Promise<boolean> {
  try {
    await client?.query('select 1');
    return client !== undefined;
  } catch {
    // Whatever the reason, the answer is no. Without its socket the client ends, and is replaced.
    client?.connection.stream.destroy();
    return false;
  }
}
