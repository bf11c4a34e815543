/** Whether this process may act. A lease is one; where nobody else can take over, `open` is. */
export interface Fence {
  /** Fires, for good, once this process may act no longer. */
  readonly signal: AbortSignal;
  /** Resolves while this process may act, waiting as long as that is in doubt; rejects with Failure('lease-lost'). */
  confirm(): Promise<void>;
}

/** For one who has no rival. */
export const open: Fence = { signal: new AbortController().signal, confirm: async () => undefined };

/** What a body is left in whose process may act no longer: it neither goes on nor fails, and goes with the process. */
export const parked = (): Promise<never> => new Promise(() => undefined);
