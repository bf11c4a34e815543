import { bakeOut } from '../../rollout/bake.ts';
import { walkDeps } from '../moving.ts';
import type { StageOf } from '../underway.ts';

/** Watches the release with every visitor on it while the old slot stays. */
export const bake: StageOf = {
  name: 'bake',
  run: (deps, underway, judging) => async (durable) => {
    const { bakeMs } = underway.settings;
    const shape = underway.steps.at(-2)?.shape;
    if (bakeMs === 0 || !shape) return { kind: 'skipped', because: 'none in this environment' };
    const watching = { ...walkDeps(deps, underway), now: deps.now };
    const { action } = await bakeOut(watching)(durable, { shape, bakeMs, judging, rules: underway.rules });
    if (action.kind === 'go-back') return { kind: action.outcome, because: action.because };
    const unproven = action.kind === 'settled' && action.unproven ? 'unproven: ' : '';
    return { kind: 'done', because: `${Math.round(bakeMs / 1000)} s; ${unproven}${action.because}` };
  },
};
