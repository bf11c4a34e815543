import type { Log } from './logging/log.ts';

/** Does a small piece of work again and again until it is stopped. A failure is logged, and the next turn comes. */
export function every(intervalMs: number, what: string, work: () => unknown, log: Log): { stop: () => void } {
  const turn = async () => {
    try {
      await work();
    } catch (error) {
      log.warn('recurring work failed', { what, error });
    }
  };
  const timer = setInterval(() => void turn(), intervalMs);
  return { stop: () => clearInterval(timer) };
}
