import { patiently } from '../../kernel/patience.ts';
import { smokeOn, tellOf } from '../moving.ts';
import type { StageOf } from '../underway.ts';
import { whileWatched } from '../while-watched.ts';

/** The smoke test once more, the way that visitors come. */
export const smoke: StageOf = {
  name: 'smoke',
  run: (deps, underway, judging) => async (durable) => {
    const answer = await durable.step('smoke', (signal) =>
      whileWatched(deps, underway, judging, signal, (working) =>
        patiently(() => smokeOn(deps, underway, 'plain', working), working, tellOf(deps, underway)),
      ),
    );
    if ('end' in answer) return answer.end;
    return answer.done.kind === 'passed'
      ? { kind: 'done', because: `${underway.release.content.smoke.length} steps, and the version is right` }
      : { kind: 'failed', because: answer.done.because };
  },
};
