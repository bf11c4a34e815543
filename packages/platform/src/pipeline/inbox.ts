import type { Database } from '../kernel/database.ts';
import { commandChannel } from './command-table.ts';

/** Wakes whoever waits for a command or for an environment to become free. */
export interface Inbox {
  /** Resolves at the next command to anybody, after `withinMs`, or when the signal fires; never rejects. */
  woken(withinMs: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Listens to the database. What was notified while the connection was lost is made up for by looking once more. */
export const openInbox = async (database: Database): Promise<Inbox> => {
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const one of [...waiting]) one();
  };
  const stop = await database.listen(commandChannel, wake, { onReconnect: wake });
  return {
    woken: (withinMs, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, withinMs);
        waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
        if (signal.aborted) done();
      }),
    close: stop,
  };
};
