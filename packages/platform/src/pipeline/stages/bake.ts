import { nextWhileBaking } from '../../rollout/next-action.ts';
import { watch } from '../../rollout/watch.ts';
import { walkDeps } from '../moving.ts';
import type { StageOf } from '../underway.ts';

/** Watches the release with every visitor on it while the old slot stays. */
export const bake: StageOf = {
  name: 'bake',
  run: (deps, underway) => async (durable) => {
    const { bakeMs } = underway.settings;
    if (bakeMs === 0) return { kind: 'skipped', because: 'none in this environment' };
    const began = await durable.now();
    const action = await durable.step('watch: bake', (signal) => {
      // After a crash the wall clock tells how much of the bake is over; it is asked once, and a jump costs one bake at most.
      const alreadyMs = Math.min(Math.max(0, deps.now() - began), bakeMs);
      return watch(walkDeps(deps, underway))((facts) => nextWhileBaking(facts, bakeMs), signal, alreadyMs);
    });
    return action.kind === 'go-back'
      ? { kind: action.outcome, because: action.because }
      : { kind: 'done', because: `${Math.round(bakeMs / 1000)} s without a complaint` };
  },
};
