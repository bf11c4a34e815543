import { type EnvironmentName, releaseId } from '@plumbline/contract/names';
import { durationMs } from '../environments/duration.ts';
import { namedEntries } from '../environments/named.ts';
import type { Described } from '../environments/read.ts';
import { settingsOf } from '../environments/settings.ts';
import { judgeOf } from '../pipeline/judge.ts';
import { planRollout } from '../rollout/plan.ts';
import type { RolloutOrder } from '../rollout/walk.ts';
import type { Rehearsal } from './rehearse.ts';

const live = releaseId.parse('r-000000000001');
const candidate = releaseId.parse('r-000000000002');

/** The rollout that a delivery to the environment would be, on this machine, beside a live release of the same shape. */
export const rehearsalOf = (described: Described, name: EnvironmentName): Omit<Rehearsal, 'scenario'> => {
  const settings = settingsOf(described, name, 'local');
  const services = namedEntries(described.description.services);
  const { strategy, replicas, canary, verdict, timeouts, bakeMs } = settings;
  const slots = { blue: { release: live, replicas: { ...replicas } }, green: null };
  const order: RolloutOrder = {
    release: candidate,
    ...{ replicas, canary },
    routed: services.filter(([, { route }]) => route !== undefined).map(([service]) => service),
    withAssets: services.filter(([, { assets }]) => assets !== undefined).map(([service]) => service),
    present: { stable: 'blue', slots, candidateWeightPercent: 0 },
  };
  const slowest = (pick: 'start_within' | 'drain_within') =>
    Math.max(...services.map(([, service]) => durationMs(service[pick])));
  return {
    ...{ strategy, order, bakeMs, steps: planRollout(strategy, order), judge: judgeOf(order, settings) },
    rules: { verdictWithinMs: verdict.withinMs, atDeadline: verdict.atDeadline },
    settleWithinMs: Math.min(slowest('start_within') + slowest('drain_within') + 15_000, timeouts.rolloutMs),
  };
};

/** Somebody lets a step go on, a minute after it began, wherever the plan waits for that. */
export const withSomebodyThere = ({ scenario, ...rest }: Rehearsal): Rehearsal => {
  const paused = rest.steps.filter(({ pause }) => pause);
  const proceed = paused.map(({ name: step }) => ({ what: 'proceed' as const, step, afterMs: 60_000 }));
  return { ...rest, scenario: { ...scenario, people: [...scenario.people, ...proceed] } };
};
