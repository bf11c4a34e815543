import { patiently } from '../../kernel/patience.ts';
import { smokeOn, tellOf } from '../moving.ts';
import type { StageOf } from '../underway.ts';

/** The smoke test once more, the way that visitors come. */
export const smoke: StageOf = {
  name: 'smoke',
  run: (deps, underway) => async (durable) => {
    const answer = await durable.step('smoke', (signal) =>
      patiently(() => smokeOn(deps, underway, 'plain', signal), signal, tellOf(deps, underway)),
    );
    return answer.kind === 'passed'
      ? { kind: 'done', because: `${underway.release.content.smoke.length} steps, and the version is right` }
      : { kind: 'failed', because: answer.because };
  },
};
