import { patiently } from '../../kernel/patience.ts';
import { tellOf } from '../moving.ts';
import type { StageOf } from '../underway.ts';

/** The environment's own commands against what visitors get: browser tests in staging, for one. */
export const verify: StageOf = {
  name: 'verify',
  run: (deps, underway) => async (durable) => {
    const { settings, environment, release, kind } = underway;
    if (settings.verify.length === 0) return { kind: 'skipped', because: `${environment} has no verify commands` };
    if (kind === 'roll-back') return { kind: 'skipped', because: 'the release was verified here before' };
    const tell = tellOf(deps, underway);
    const failed = await durable.step('verify', (signal) =>
      patiently(
        async () => {
          const { addresses } = await deps.target.observe(environment, { signal });
          return deps.verify(release, settings, addresses.plain, tell, signal);
        },
        signal,
        tell,
      ),
    );
    return failed === null
      ? { kind: 'done', because: settings.verify.map(({ run }) => run.join(' ')).join(', ') }
      : { kind: 'failed', because: failed };
  },
};
