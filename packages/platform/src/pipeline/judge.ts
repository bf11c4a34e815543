import type { Settings } from '../environments/settings.ts';
import { type JudgeSettings, judgeSettings } from '../monitoring/settings.ts';
import type { RolloutOrder } from '../rollout/walk.ts';

/** How a candidate is judged in an environment; null where no visitor reaches any service of it. */
export const judgeOf = (
  { routed }: Pick<RolloutOrder, 'routed'>,
  { verdict }: Pick<Settings, 'verdict'>,
): JudgeSettings | null =>
  routed.length === 0
    ? null
    : judgeSettings(routed, {
        ...(verdict.failAgainstPercent === null ? {} : { failAgainstPercent: verdict.failAgainstPercent }),
        ...(verdict.leastRequests === null ? {} : { leastRequests: verdict.leastRequests }),
      });
