import { setTimeout as pause } from 'node:timers/promises';

/** Resolves after the time, or at once when the signal is aborted. */
export const waitAtMost = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await pause(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
