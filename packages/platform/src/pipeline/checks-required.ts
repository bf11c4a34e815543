import type { EnvironmentName } from '@plumbline/contract/names';
import type { CheckOutcome } from '@plumbline/contract/release';
import { builtInChecks } from '../environments/check-pipeline.ts';
import type { DescribedCheck, Description } from '../environments/description.ts';
import { isAbove } from '../environments/order.ts';
import type { Found } from './checks/found.ts';

/** local: a check that cannot run here is not run, and its release unaudited. strict, in workflows and on Kubernetes: it has failed. */
export type Policy = 'local' | 'strict';

/** The described checks and the built-in ones, which are always there. */
export const allChecks = ({ checks }: Description): Readonly<Record<string, DescribedCheck>> => ({
  ...checks,
  ...Object.fromEntries(builtInChecks.map((name) => [name, checks[name] ?? builtIn])),
});

const builtIn: DescribedCheck = { required: true, timeout: '10m' };

/** What a check's end comes to under a policy. One that is not required is shown and keeps no release back. */
export const outcomeOf = (
  name: string,
  check: DescribedCheck,
  { state, because, output }: Found,
  ms: number,
  policy: Policy,
): CheckOutcome => {
  const outcome = { name, ms, output: output.join('\n') };
  if (state === 'not-run' && policy === 'strict' && check.required)
    return {
      ...outcome,
      state: 'failed',
      because: `it could not run, and nothing goes on here without it: ${because}`,
    };
  if (state === 'failed' && !check.required)
    return { ...outcome, state: 'excused', because: `failed, and is not required: ${because}` };
  return { ...outcome, state, because };
};

/** Which of a release's checks keep it from an environment. */
export const checksThatForbid = (
  description: Pick<Description, 'path' | 'checks'>,
  outcomes: readonly CheckOutcome[],
  environment: EnvironmentName,
): readonly CheckOutcome[] =>
  outcomes.filter(({ name, state }) => {
    if (state !== 'failed') return false;
    const floor = floorOf(description, name);
    return floor === undefined || isAbove(description.path, environment, floor);
  });

/** The environment that a failed check still lets a release go to; undefined: none. */
const floorOf = ({ path, checks }: Pick<Description, 'path' | 'checks'>, name: string): EnvironmentName | undefined => {
  const isBuiltIn = builtInChecks.some((one) => one === name);
  return checks[name]?.above ?? (isBuiltIn && path.length > 1 ? path[0] : undefined);
};
