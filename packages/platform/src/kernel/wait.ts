import { setTimeout as timer } from 'node:timers/promises';
import { Failure } from '@plumbline/contract/failure';

/** One turn of waiting: it is so, with what was found; or not yet, and why. */
export type Turn<T> = { readonly done: T } | { readonly because: string };

export interface Patience {
  readonly signal?: AbortSignal;
  /** How long to wait at most, in milliseconds, by the monotonic clock. */
  readonly deadlineMs: number;
  /** Between two turns, in milliseconds. Default 100. */
  readonly everyMs?: number;
}

/**
 * Asks until it is so. Past the deadline: Failure('deadline') with the last turn's reason, also when one turn never
 * answers. Aborted: Failure('interrupted').
 */
export const waitFor = async <T>(
  what: string,
  turn: (signal: AbortSignal) => Promise<Turn<T>>,
  { signal, deadlineMs, everyMs = 100 }: Patience,
): Promise<T> => {
  let because = 'no answer yet';
  const tooLate = () => new Failure('deadline', `${what}: not within ${deadlineMs / 1000} s, because ${because}.`);
  const ending = new AbortController();
  const onAbort = () => ending.abort(interrupted(what, signal));
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const deadline = setTimeout(() => ending.abort(tooLate()), deadlineMs);
  try {
    for (;;) {
      const answer = await orAbort(turn(ending.signal), ending.signal);
      if ('done' in answer) return answer.done;
      because = answer.because;
      await orAbort(timer(everyMs, undefined, { signal: ending.signal }), ending.signal);
    }
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', onAbort);
  }
};

/** Waits that long, or rejects with Failure('interrupted') as soon as the signal fires. */
export const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
  try {
    await timer(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? interrupted('Waiting', signal) : error;
  }
};

/** The promise, or a rejection with the signal's reason as soon as it fires, whether or not the promise heeds it. */
export const orAbort = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  const heard = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true, signal: heard.signal });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([aborted, promise]);
  } catch (error) {
    // The promise may notice the signal first, with an error of its own making.
    throw signal.aborted ? signal.reason : error;
  } finally {
    heard.abort();
  }
};

const interrupted = (what: string, signal: AbortSignal | undefined): Failure =>
  signal?.reason instanceof Failure
    ? signal.reason
    : new Failure('interrupted', `${what}: interrupted.`, { cause: signal?.reason });
