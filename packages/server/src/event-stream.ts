import { setTimeout as sleep } from 'node:timers/promises';

/** One server-sent event. The data is one line: JSON escapes line ends. */
export const eventText = (event: { readonly id?: number; readonly event?: string; readonly data: unknown }): string =>
  [
    ...(event.id === undefined ? [] : [`id: ${event.id}\n`]),
    ...(event.event === undefined ? [] : [`event: ${event.event}\n`]),
    `data: ${JSON.stringify(event.data)}\n\n`,
  ].join('');

/**
 * What the source gives, and a heartbeat whenever it gave nothing for so long. Nothing is read ahead: the source is asked
 * for its next item only when the reader took the one before, so a slow reader slows the source. Ends with the signal.
 */
export async function* withHeartbeats<T>(
  source: AsyncIterable<T>,
  everyMs: number,
  signal: AbortSignal,
): AsyncGenerator<T | 'heartbeat'> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = new Promise<'aborted'>((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  try {
    let next = iterator.next();
    while (true) {
      const quiet = new AbortController();
      const first = await Promise.race([
        next,
        aborted,
        sleep(everyMs, 'heartbeat' as const, { signal: quiet.signal }),
      ]).finally(() => quiet.abort());
      if (first === 'aborted') return;
      if (first === 'heartbeat') yield first;
      else if (first.done) return;
      else {
        yield first.value;
        next = iterator.next();
      }
    }
  } finally {
    // Not awaited: a source that waits inside `next` ends by the signal, and its end is nobody's news.
    void iterator.return?.().catch(() => undefined);
  }
}
