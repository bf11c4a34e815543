import { waitAtMost } from '../processes/wait.ts';

/** A number that grows with every change, and those who wait for it to. */
export interface Revision {
  now(): number;
  raise(): void;
  /** Resolves when it is later than `after`, or the time is over. */
  laterThan(after: number, withinMs: number, signal: AbortSignal): Promise<void>;
}

export const createRevision = (base: number): Revision => {
  let revision = base;
  let waiting: (() => void)[] = [];
  return {
    now: () => revision,
    raise: () => {
      revision += 1;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    laterThan: async (after, withinMs, signal) => {
      if (revision > after || withinMs <= 0) return;
      const enough = new AbortController();
      const raised = new Promise<void>((resolve) => waiting.push(resolve));
      await Promise.race([raised, waitAtMost(withinMs, AbortSignal.any([signal, enough.signal]))]);
      enough.abort();
    },
  };
};
