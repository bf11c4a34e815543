import type { StrategyName } from '@plumbline/contract/delivery';
import { releaseId, type ServiceName, serviceName } from '@plumbline/contract/names';
import { judgeSettings } from '../../monitoring/settings.ts';
import { planRollout } from '../../rollout/plan.ts';
import type { CanaryStep, RolloutOrder } from '../../rollout/walk.ts';
import type { Rehearsal } from '../rehearse.ts';
import type { Phase, ReleaseModel, Scenario } from '../scenario.ts';

export const api = serviceName.parse('api');
export const web = serviceName.parse('web');
export const old = releaseId.parse('r-000000000001');
export const fresh = releaseId.parse('r-000000000002');

/** A release that fails that share of its requests. */
export const failing = (share: number, more: Partial<Phase> = {}): ReleaseModel => ({
  start: { kind: 'gets-ready', afterMs: 2_000 },
  phases: [{ fromWeightPercent: 0, afterMs: 0, failing: share, slow: 0, ...more }],
});

/** 50 requests a second, of which one service gets four of five; both releases are well, and nobody is there. */
export const scenario = (given: Partial<Scenario> = {}): Scenario => ({
  name: 'a test',
  requestsPerSecond: { [api]: 40, [web]: 10 },
  candidate: failing(0.001),
  stable: failing(0.001),
  probes: 'like-visitors',
  smoke: { passes: true, takesMs: 500 },
  ...{ faults: [], people: [], deaths: [] },
  patienceMs: 30 * 60_000,
  ...given,
});

export interface Given {
  readonly strategy?: StrategyName;
  readonly scenario?: Partial<Scenario>;
  readonly order?: Partial<RolloutOrder>;
  readonly steps?: readonly (number | CanaryStep)[];
  readonly rest?: Partial<Rehearsal>;
}

/** A canary from 5 to 100 % with two replicas of each service and a bake of 5,000 requests, unless said otherwise. */
export const rehearsal = ({ strategy = 'canary', rest = {}, ...given }: Given = {}): Rehearsal => {
  const replicas: Readonly<Record<ServiceName, number>> = { [api]: 2, [web]: 2 };
  const weights = given.steps ?? [5, 10, 25, 50, 100];
  const order: RolloutOrder = {
    release: fresh,
    replicas,
    routed: [api, web],
    withAssets: [web],
    present: { stable: 'blue', slots: { blue: { release: old, replicas }, green: null }, candidateWeightPercent: 0 },
    canary: {
      cohort: null,
      steps: weights.map((one) => (typeof one === 'number' ? { weightPercent: one, pause: false } : one)),
    },
    ...given.order,
  };
  return {
    ...{ strategy, order, steps: planRollout(strategy, order) },
    judge: judgeSettings(order.routed),
    rules: { verdictWithinMs: 300_000, atDeadline: 'ask' },
    ...{ settleWithinMs: 75_000, bakeMs: 100_000, scenario: scenario(given.scenario) },
    ...rest,
  };
};
