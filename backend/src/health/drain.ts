import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../http/api.ts';
import type { UnusedConnections } from '../http/connections.ts';
import type { Log } from '../logging/log.ts';
import type { Draining } from './draining.ts';

const SWEEP_MS = 50;
// For pool, cache and metrics, once the last request has ended.
const CLOSING_MS = 5_000;

export interface DrainTimes {
  /** How long requests are still accepted after readiness turned false, for proxies that have not noticed yet. */
  readonly delayMs: number;
  /** How long requests in flight may take before their connections are cut. */
  readonly deadlineMs: number;
}

export interface Drained {
  readonly draining: Draining;
  readonly server: Pick<Api, 'close' | 'server'>;
  readonly unused: UnusedConnections;
  readonly closeRest: () => Promise<void>;
}

/** On the first TERM or INT: turn unready, let requests end, close everything, exit 0. A second one exits at once. */
export function drainOnSignal(times: DrainTimes, drained: Drained, log: Log): void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (drained.draining.hasBegun()) process.exit(1);
    log.info('draining', { signal, ...times });
    setTimeout(
      () => {
        log.error('closing takes too long; leaving as it is');
        process.exit(1);
      },
      times.delayMs + times.deadlineMs + CLOSING_MS,
    ).unref();
    drain(times, drained, log).then(
      () => process.exit(0),
      (error) => {
        log.error('could not drain', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

export async function drain(
  times: DrainTimes,
  { draining, server, unused, closeRest }: Drained,
  log: Log,
): Promise<void> {
  draining.begin();
  await delay(times.delayMs);
  const deadline = setTimeout(() => {
    log.warn('requests did not end in time; cutting them off', { deadlineMs: times.deadlineMs });
    server.server.closeAllConnections();
  }, times.deadlineMs);
  const sweep = setInterval(() => unused.close(), SWEEP_MS);
  await server.close();
  clearInterval(sweep);
  clearTimeout(deadline);
  await closeRest();
  log.info('drained');
}
