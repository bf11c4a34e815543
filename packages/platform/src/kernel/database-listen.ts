import pg from 'pg';
import { asFailure } from './database-errors.ts';
import { sleep } from './wait.ts';

export interface Listening {
  /** Called when it listens again after a loss: what was notified in between is gone, so look again. */
  readonly onReconnect?: () => void;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** Listens on a connection of its own, and connects again for as long as nobody stops it. */
export const listen = async (
  url: string,
  applicationName: string,
  channel: string,
  onNotify: (payload: string) => void,
  { onReconnect }: Listening = {},
): Promise<() => Promise<void>> => {
  const stopping = new AbortController();
  let client = await connect(url, applicationName, channel, onNotify);
  const keepListening = async () => {
    while (!stopping.signal.aborted) {
      await lost(client, stopping.signal);
      const next = await connectAgain(() => connect(url, applicationName, channel, onNotify), stopping.signal);
      if (next === undefined) return;
      client = next;
      onReconnect?.();
    }
  };
  const ended = keepListening();
  return async () => {
    stopping.abort();
    await ended;
    await client.end();
  };
};

const connect = async (
  url: string,
  applicationName: string,
  channel: string,
  onNotify: (payload: string) => void,
): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // Its loss is seen by the 'end' that follows.
  client.on('error', () => undefined);
  client.on('notification', ({ payload }) => onNotify(payload ?? ''));
  try {
    await client.connect();
    await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw asFailure(error, url);
  }
};

const lost = (client: pg.Client, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    client.once('end', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });

const connectAgain = async (
  connectOnce: () => Promise<pg.Client>,
  signal: AbortSignal,
): Promise<pg.Client | undefined> => {
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await connectOnce();
    } catch {
      // Whatever keeps it away, there is nothing to do but to try again: nobody here waits for an answer.
      await sleep(pauseMs, signal).catch(() => undefined);
    }
  }
  return undefined;
};
