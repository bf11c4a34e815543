import { nextWhileBaking } from '../../rollout/next-action.ts';
import { watch } from '../../rollout/watch.ts';
import { walkDeps } from '../moving.ts';
import type { StageOf } from '../underway.ts';

/** Watches the release with every visitor on it while the old slot stays. */
export const bake: StageOf = {
  name: 'bake',
  run: (deps, underway, judging) => async (durable) => {
    const { bakeMs } = underway.settings;
    const shape = underway.steps.at(-2)?.shape;
    if (bakeMs === 0 || !shape) return { kind: 'skipped', because: 'none in this environment' };
    const began = await durable.now();
    const { action } = await durable.step('watch: bake', (signal) => {
      // After a crash the wall clock tells how much of the bake is over; it is asked once, and a jump costs one bake at most.
      const alreadyMs = Math.min(Math.max(0, deps.now() - began), bakeMs);
      return watch(walkDeps(deps, underway))(
        {
          at: 'bake',
          shape,
          judging,
          alreadyMs,
          decide: (facts) => nextWhileBaking(facts, bakeMs, underway.rules),
        },
        signal,
      );
    });
    if (action.kind === 'go-back') return { kind: action.outcome, because: action.because };
    const unproven = action.kind === 'settled' && action.unproven ? 'unproven: ' : '';
    return { kind: 'done', because: `${Math.round(bakeMs / 1000)} s; ${unproven}${action.because}` };
  },
};
