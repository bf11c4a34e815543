import type { Link } from './link.ts';

/**
 * Waits until the replica holds no request. What can be told is told at once; what is left at the deadline is cut. When
 * the signal aborts, waiting ends with its reason and nothing is cut.
 */
export const drainLink = async (
  link: Link | undefined,
  withinMs: number,
  signal: AbortSignal,
): Promise<{ readonly cut: number }> => {
  signal.throwIfAborted();
  if (link === undefined) return { cut: 0 };
  for (const live of [...link.live]) live.tell();
  if (link.live.size === 0 || (await becomesIdle(link, withinMs, signal))) return { cut: 0 };
  const left = [...link.live];
  for (const live of left) live.cut();
  return { cut: left.length };
};

const becomesIdle = (link: Link, withinMs: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const stopWaiting = (): void => {
      clearTimeout(timer);
      link.whenIdle.delete(onIdle);
      signal.removeEventListener('abort', onAbort);
    };
    const onIdle = (): void => {
      stopWaiting();
      resolve(true);
    };
    const onAbort = (): void => {
      stopWaiting();
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      stopWaiting();
      resolve(false);
    }, withinMs);
    link.whenIdle.add(onIdle);
    signal.addEventListener('abort', onAbort, { once: true });
  });
