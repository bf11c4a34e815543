import { rollOut } from '../../rollout/roll-out.ts';
import { walkDeps } from '../moving.ts';
import type { StageOf } from '../underway.ts';

/** Promotes: the candidate becomes stable, workers move over, the old slot is emptied. */
export const record: StageOf = {
  name: 'record',
  run: (deps, underway) => async (durable) => {
    const end = await rollOut(walkDeps(deps, underway))(durable, underway.steps.slice(-1), underway, null);
    return end.kind === 'there'
      ? { kind: 'done', because: `${underway.release.id} is live in ${underway.environment}`, present: end.present }
      : { kind: end.outcome, because: end.because, present: end.present };
  },
};
