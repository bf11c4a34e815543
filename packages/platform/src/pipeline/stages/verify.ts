import { patiently } from '../../kernel/patience.ts';
import { tellOf } from '../moving.ts';
import type { StageOf } from '../underway.ts';
import { whileWatched } from '../while-watched.ts';

/** The environment's own commands against what visitors get: browser tests in staging, for one. */
export const verify: StageOf = {
  name: 'verify',
  run: (deps, underway, judging) => async (durable) => {
    const { settings, environment, release, kind } = underway;
    if (settings.verify.length === 0) return { kind: 'skipped', because: `${environment} has no verify commands` };
    if (kind === 'roll-back') return { kind: 'skipped', because: 'the release was verified here before' };
    const tell = tellOf(deps, underway);
    const verifying = async (signal: AbortSignal) => {
      const { addresses } = await deps.target.observe(environment, { signal });
      return deps.verify(release, settings, addresses.plain, tell, signal);
    };
    const answer = await durable.step('verify', (signal) =>
      whileWatched(deps, underway, judging, signal, (working) => patiently(() => verifying(working), working, tell)),
    );
    if ('end' in answer) return answer.end;
    return answer.done === null
      ? { kind: 'done', because: settings.verify.map(({ run }) => run.join(' ')).join(', ') }
      : { kind: 'failed', because: answer.done };
  },
};
