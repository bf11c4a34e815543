import type { DeliveryPlan, Stage, StrategyName } from '@plumbline/contract/delivery';
import type { EnvironmentName, ReleaseId, ServiceName } from '@plumbline/contract/names';
import type { Release, ReleaseContent } from '@plumbline/contract/release';
import { z } from 'zod';
import type { Settings } from '../environments/settings.ts';
import type { Queries } from '../kernel/database.ts';
import { type RolloutStep, walkOf } from '../rollout/walk.ts';
import { planWayBack } from '../rollout/way-back.ts';
import { type ExpectedVerdict, expectVerdicts, type Traffic } from './expect-verdicts.ts';
import { probesOf, probesTakeMs } from './probe.ts';
import type { Underway } from './underway.ts';

type Planned = Pick<Underway, 'environment' | 'order' | 'steps' | 'pending' | 'contracts' | 'judge' | 'rules'> & {
  readonly release: Pick<Release, 'id'> & { readonly content: Pick<ReleaseContent, 'services' | 'smoke'> };
  readonly settings: Pick<Settings, 'bakeMs' | 'digest'>;
  readonly strategy: StrategyName;
  readonly live: ReleaseId | null;
  readonly traffic: Traffic;
  /** What a person should know of the schema. */
  readonly notes: readonly string[];
};

/** Before the first delivery to an environment nothing was measured: a start of this length is assumed, in milliseconds. */
const assumedStartMs = 2_000;
const assumedStageMs = 1_000;

/** What will be done and how long it may take, from what earlier deliveries to the environment took. */
export const planOf = async (database: Queries, planned: Planned): Promise<DeliveryPlan> => {
  const { environment, release, settings, steps, pending, contracts, strategy, live } = planned;
  const isRollout = steps.length > 0;
  const bakeMs = isRollout ? settings.bakeMs : 0;
  const measured = await measuredStages(database, environment, { strategy, isFirst: live === null });
  const verdicts = expectVerdicts(planned, planned.traffic);
  const verdictsMs = verdicts.map((verdict) => verdictTakesMs(planned, verdict));
  const perStepMs = besideVerdictsMs(Math.max(1, steps.length - 1), measured.get('rollout'), sum(verdictsMs));
  const expected = verdictsMs.map((ms) => perStepMs + ms);
  const others = (isRollout ? ['migrations', 'smoke', 'verify', 'record'] : ['migrations']).map(
    (name) => measured.get(name) ?? assumedStageMs,
  );
  const totalMs = sum(expected.slice(0, -1)) + bakeMs + sum(others);
  return {
    environment,
    release: release.id,
    from: live,
    strategy,
    steps: steps.map(({ name, shape, because, pause }, index) => ({
      name,
      shape,
      because,
      pause,
      expectedMs: expected[index] ?? perStepMs,
      requestsNeeded: verdicts[index]?.requestsNeeded ?? null,
      verdictMs: verdicts[index]?.verdictMs ?? null,
    })),
    migrations: [...pending],
    contracts: [...contracts],
    bakeMs,
    wayBack: wayBackOf(planned, perStepMs),
    expectedMs: totalMs,
    warnings: [
      ...planned.steps.flatMap((step, index) => unreachable(planned, step, verdicts[index])),
      ...tooLong(totalMs),
      ...planned.notes,
    ],
    settings: settings.digest,
  };
};

const sum = (all: readonly number[]): number => all.reduce((total, ms) => total + ms, 0);

/** What a step takes beside its verdict. Verdicts take what the traffic of now lets them, not what it let them when it was measured. */
const besideVerdictsMs = (steps: number, measuredMs: number | undefined, verdictsMs: number): number =>
  measuredMs === undefined ? assumedStartMs : Math.round(Math.max(0, measuredMs - verdictsMs) / Math.max(1, steps));

/** The stages with what is to be expected of each. */
export const expectedStages = async (
  database: Queries,
  environment: EnvironmentName,
  stages: readonly Stage[],
  plan: DeliveryPlan,
): Promise<readonly Stage[]> => {
  const measured = await measuredStages(database, environment, {
    strategy: plan.strategy,
    isFirst: plan.from === null,
  });
  const expected = (name: string): number | null => {
    if (name === 'gates') return null;
    if (name === 'bake') return plan.bakeMs;
    if (name === 'rollout') return plan.steps.slice(0, -1).reduce((sum, step) => sum + step.expectedMs, 0);
    return Math.round(measured.get(name) ?? assumedStageMs);
  };
  return stages.map((stage) => ({ ...stage, expectedMs: expected(stage.name) }));
};

/** The specification's 1.1: a deployment is over in 15 minutes. */
const mostMs = 15 * 60_000;

const tooLong = (totalMs: number): readonly string[] =>
  totalMs > mostMs
    ? [`this takes ${Math.round(totalMs / 60_000)} minutes, more than the 15 that a delivery should`]
    : [];

/** A step whose verdict the present traffic cannot bring in time: what then happens is the environment's to say. */
const unreachable = (
  planned: Planned,
  { name }: RolloutStep,
  expected: ExpectedVerdict | null | undefined,
): readonly string[] => {
  if (!expected || bringVerdict(planned, expected)) return [];
  const { requestsNeeded, service } = expected;
  if (isProbed(planned, service))
    return [`${name}: too few visitors for a verdict on ${service}; probes of ours make up for them`];
  const then = planned.rules.atDeadline === 'ask' ? 'a person is asked' : 'it goes on, unproven';
  const within = `${Math.round(planned.rules.verdictWithinMs / 1000)} s`;
  return [
    `${name}: ${service} needs ${requestsNeeded} requests for a verdict, which do not come within ${within}: then ${then}`,
  ];
};

/** Whether visitors alone, as often as they come now, bring the verdict in time. */
const bringVerdict = ({ rules }: Pick<Planned, 'rules'>, { verdictMs }: ExpectedVerdict): boolean =>
  verdictMs !== null && verdictMs <= rules.verdictWithinMs;

const isProbed = ({ release }: Pick<Planned, 'release'>, service: ServiceName): boolean =>
  probesOf(release.content).some((one) => one.service === service);

const verdictTakesMs = (planned: Planned, expected: ExpectedVerdict | null): number => {
  if (expected === null) return 0;
  if (bringVerdict(planned, expected)) return expected.verdictMs ?? 0;
  const { verdictWithinMs } = planned.rules;
  return isProbed(planned, expected.service)
    ? Math.min(verdictWithinMs, probesTakeMs(expected.requestsNeeded))
    : verdictWithinMs;
};

const wayBackOf = ({ order, steps }: Planned, perStepMs: number): DeliveryPlan['wayBack'] => {
  if (steps.length === 0) return { expectedMs: 0, how: 'no traffic moves; what was applied to the schema stays' };
  const live = walkOf(order).live;
  if (live === null) return { expectedMs: perStepMs, how: 'nothing was live before: the environment is emptied again' };
  const last = steps.at(-2)?.shape;
  const back = last ? planWayBack(order, last) : [];
  return back.every(({ name }) => name !== 'restore')
    ? { expectedMs: 0, how: `at once: ${live.release} stays warm` }
    : { expectedMs: 2 * perStepMs, how: `${live.release} gets its replicas back, then its visitors` };
};

/** Medians of the last deliveries. A rollout says nothing of one by another strategy, nor a first one of those that follow. */
const measuredStages = async (
  database: Queries,
  environment: EnvironmentName,
  { strategy, isFirst }: { readonly strategy: StrategyName; readonly isFirst: boolean },
): Promise<ReadonlyMap<string, number>> => {
  const rows = await database.query(
    `select stage ->> 'name' as name,
       percentile_cont(0.5) within group (order by (stage ->> 'endedAt')::float8 - (stage ->> 'startedAt')::float8) as ms
     from (select stages, plan ->> 'strategy' = $2 and (plan ->> 'from' is null) = $3 as is_alike
           from plumbline.deliveries where environment = $1 and state = 'succeeded' and kind = 'deliver'
           order by number desc limit 10) recent, jsonb_array_elements(stages) stage
     where stage ->> 'state' = 'done' and (is_alike or stage ->> 'name' <> 'rollout') group by 1`,
    [environment, strategy, isFirst],
    z.object({ name: z.string(), ms: z.number() }),
  );
  return new Map(rows.map(({ name, ms }) => [name, Math.round(ms)]));
};
