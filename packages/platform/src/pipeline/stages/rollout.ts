import { rollOut } from '../../rollout/roll-out.ts';
import { walkDeps } from '../moving.ts';
import type { StageOf } from '../underway.ts';

/** Moves the traffic: every step of the plan but the promotion, which waits until all else has held. */
export const rollout: StageOf = {
  name: 'rollout',
  run: (deps, underway) => async (durable) => {
    const end = await rollOut(walkDeps(deps, underway))(durable, underway.steps.slice(0, -1), underway);
    return end.kind === 'there'
      ? { kind: 'done', because: `every visitor gets ${underway.release.id}`, present: end.present }
      : { kind: end.outcome, because: end.because, present: end.present };
  },
};
