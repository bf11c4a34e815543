import type { Observation } from '@plumbline/contract/agent';
import type { Facts } from './facts.ts';
import type { Action } from './next-action.ts';

export interface WatchDeps {
  /** Waits a moment for something later than `after`: a revision of the target, or a command. */
  observe(after: number | undefined, signal: AbortSignal): Promise<Observation>;
  abortAsked(): Promise<Facts['abort']>;
  /** Says what is waited for, each time that it changes. */
  tell(text: string): Promise<void>;
  /** Milliseconds of a clock that never jumps. */
  monotonicMs(): number;
}

/** Looks until the decision is no longer to wait. Reads and tells; changes nothing, so it may run again after a crash. */
export const watch =
  (deps: WatchDeps) =>
  async (
    decide: (facts: Facts) => Action,
    signal: AbortSignal,
    alreadyMs = 0,
  ): Promise<Exclude<Action, { kind: 'wait' }>> => {
    const began = deps.monotonicMs() - alreadyMs;
    let seen: number | undefined;
    let told: string | undefined;
    for (;;) {
      const observation = await deps.observe(seen, signal);
      const abort = await deps.abortAsked();
      const action = decide({ observation, abort, sinceBeginMs: deps.monotonicMs() - began });
      if (action.kind !== 'wait') return action;
      if (action.because !== told) await deps.tell(action.because);
      told = action.because;
      seen = observation.revision;
    }
  };
