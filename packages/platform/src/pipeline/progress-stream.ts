import type { Progress } from '@plumbline/contract/delivery';
import type { ClimbId, DeliveryId } from '@plumbline/contract/names';
import type { Database } from '../kernel/database.ts';
import { lastProgress, progressAfter, progressChannel } from './progress-table.ts';

export interface ProgressQuery {
  readonly climb?: ClimbId | undefined;
  readonly delivery?: DeliveryId | undefined;
  /** Absent: from now on. */
  readonly after?: number | undefined;
}

const lookEveryMs = 1_000;

/** What happened after a point and then as it happens, in order and without a gap, until the signal fires. */
export async function* progressStream(
  database: Database,
  query: ProgressQuery,
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  let wake: () => void = () => undefined;
  const stop = await database.listen(progressChannel, () => wake(), { onReconnect: () => wake() });
  try {
    let after = query.after ?? (await lastProgress(database));
    while (!signal.aborted) {
      // Armed before the look, so that what is said during it is not slept over.
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      for (const one of await progressAfter(database, after, query)) {
        if (signal.aborted) return;
        yield one;
        after = one.seq;
      }
      await quietUntil(woken, signal);
    }
  } finally {
    await stop();
  }
}

const quietUntil = (woken: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, lookEveryMs);
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done, { once: true });
    void woken.then(done);
    if (signal.aborted) done();
  });
