import { Failure } from '@plumbline/contract/failure';
import { nextWhileBaking } from '../rollout/next-action.ts';
import { type Judging, watch } from '../rollout/watch.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import { walkDeps } from './moving.ts';
import type { StageEnd, Underway } from './underway.ts';

/** Does work while every visitor has the candidate: what their requests say of it, or a command, ends the work at once. */
export const whileWatched = async <T>(
  deps: DeliverDeps,
  underway: Underway,
  judging: Judging | null,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly done: T } | { readonly end: StageEnd }> => {
  const enough = new AbortController();
  const both = AbortSignal.any([signal, enough.signal]);
  const watching = watched(deps, underway, judging, both);
  const working = work(both).then((done) => ({ done }));
  for (const one of [watching, working]) one.catch(() => undefined);
  try {
    return await Promise.race([watching, working]);
  } finally {
    enough.abort();
    await Promise.allSettled([watching, working]);
  }
};

const watched = async (
  deps: DeliverDeps,
  underway: Underway,
  judging: Judging | null,
  signal: AbortSignal,
): Promise<{ readonly end: StageEnd }> => {
  const shape = underway.steps.at(-2)?.shape;
  if (!shape) throw new Failure('bug', `${underway.id} has no step before its promotion`);
  const order = {
    at: 'watch',
    shape,
    judging,
    decide: (facts: Parameters<typeof nextWhileBaking>[0]) =>
      nextWhileBaking(facts, Number.POSITIVE_INFINITY, underway.rules),
  };
  const { action } = await watch(walkDeps(deps, underway))(order, signal);
  return { end: { kind: action.kind === 'go-back' ? action.outcome : 'done', because: action.because } };
};
