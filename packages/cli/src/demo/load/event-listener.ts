import { Client } from 'undici';
import type { Pacer } from './pacer.ts';
import { countFailure, countUp, type Tally } from './tally.ts';

export interface ListenerOptions {
  readonly origin: string;
  readonly token: string;
  readonly pacer: Pacer;
  readonly tally: Tally;
  readonly stopping: AbortSignal;
  /** How long it listens before it asks again, in milliseconds. */
  readonly listenMs: number;
}

/**
 * Listens to the event stream, again and again. A stream that ends in good order was told to go elsewhere, as a draining
 * replica does; one that breaks off, or answers anything else than a stream, has failed.
 */
export const listenToEvents = async (options: ListenerOptions): Promise<void> => {
  const { pacer, tally, stopping } = options;
  while (!stopping.aborted) {
    await pacer.turn(stopping);
    tally.sent += 1;
    countUp(tally.byKind, 'event stream');
    const enough = AbortSignal.any([stopping, AbortSignal.timeout(options.listenMs)]);
    try {
      const status = await listenOnce(options, enough);
      if (status !== 200) countFailure(tally, `event stream answered ${status}`);
    } catch (error) {
      // Having heard enough is the usual end of it.
      if (!enough.aborted) countFailure(tally, `event stream ${error instanceof Error ? error.message : error}`);
    }
  }
};

const listenOnce = async ({ origin, token }: ListenerOptions, enough: AbortSignal): Promise<number> => {
  const client = new Client(origin, { bodyTimeout: 60_000 });
  try {
    const response = await client.request({
      method: 'GET',
      path: '/api/activity/events',
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
      signal: enough,
    });
    for await (const _ of response.body) if (enough.aborted) break;
    return response.statusCode;
  } finally {
    await client.destroy();
  }
};
