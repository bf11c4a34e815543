import type { Shape } from '@plumbline/contract/shape';
import type { Durable } from '../kernel/durable.ts';
import { nextWhileBaking } from './next-action.ts';
import { type Judging, type WatchDeps, type Watched, watch } from './watch.ts';
import type { Rules } from './without-verdict.ts';

export interface BakeOrder {
  /** The shape that gives the candidate every visitor. */
  readonly shape: Shape;
  readonly bakeMs: number;
  readonly rules: Rules;
  readonly judging: Judging | null;
}

/** Watches the candidate with every visitor on it for as long as the bake takes, in all lives together. */
export const bakeOut =
  (deps: WatchDeps & { now(): number }) =>
  async (durable: Durable, { shape, bakeMs, rules, judging }: BakeOrder): Promise<Watched> => {
    const began = await durable.now();
    return durable.step('watch: bake', (signal) => {
      // After a crash the wall clock tells how much of the bake is over; it is asked once, and a jump costs one bake at most.
      const alreadyMs = Math.min(Math.max(0, deps.now() - began), bakeMs);
      const decide = (facts: Parameters<typeof nextWhileBaking>[0]) => nextWhileBaking(facts, bakeMs, rules);
      return watch(deps)({ at: 'bake', shape, judging, alreadyMs, decide }, signal);
    });
  };
