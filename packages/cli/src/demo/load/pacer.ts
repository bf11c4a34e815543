import { setTimeout as delay } from 'node:timers/promises';

/** Gives out turns at a fixed rate over all who ask; one who comes late gets the next turn, nobody catches up. */
export interface Pacer {
  turn(signal: AbortSignal): Promise<void>;
}

export const pacer = (perSecond: number): Pacer => {
  const gapMs = 1_000 / perSecond;
  let nextMs = performance.now();
  return {
    turn: async (signal) => {
      const now = performance.now();
      const mineMs = Math.max(nextMs, now - gapMs);
      nextMs = mineMs + gapMs;
      if (mineMs > now) await delay(mineMs - now, undefined, { signal });
      signal.throwIfAborted();
    },
  };
};
