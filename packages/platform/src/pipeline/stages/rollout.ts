import { rollOut } from '../../rollout/roll-out.ts';
import { walkDeps } from '../moving.ts';
import type { StageOf } from '../underway.ts';

/** Moves the traffic: every step of the plan but the promotion, which waits until all else has held. */
export const rollout: StageOf = {
  name: 'rollout',
  run: (deps, underway) => async (durable) => {
    const { judge: settings, release, steps } = underway;
    const judging = settings && { settings, trial: null, probed: {} };
    const end = await rollOut(walkDeps(deps, underway))(durable, steps.slice(0, -1), underway, judging);
    const learnt = { present: end.present, judging: end.judging };
    if (end.kind !== 'there') return { kind: end.outcome, because: end.because, ...learnt };
    const unproven = end.unproven.length > 0 ? `; unproven at ${end.unproven.join('; ')}` : '';
    return { kind: 'done', because: `every visitor gets ${release.id}${unproven}`, ...learnt };
  },
};
