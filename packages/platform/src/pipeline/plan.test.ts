import { environmentName, releaseId, serviceName } from '@plumbline/contract/names';
import { releasedService } from '@plumbline/contract/release';
import { expect, test } from 'vitest';
import type { Queries } from '../kernel/database.ts';
import { judgeSettings } from '../monitoring/settings.ts';
import { planRollout } from '../rollout/plan.ts';
import type { RolloutOrder } from '../rollout/walk.ts';
import { planOf } from './plan.ts';

const web = serviceName.parse('web');
const [old, fresh] = [releaseId.parse('r-000000000001'), releaseId.parse('r-000000000002')];
const order: RolloutOrder = {
  release: fresh,
  replicas: { [web]: 2 },
  routed: [web],
  withAssets: [],
  canary: { cohort: null, steps: [5, 100].map((weightPercent) => ({ weightPercent, pause: false })) },
  present: {
    stable: 'blue',
    slots: { blue: { release: old, replicas: { [web]: 2 } }, green: null },
    candidateWeightPercent: 0,
  },
};

/** Of the service, probes know nothing but the path of its health, where its route leads to it. */
const service = (route: string) =>
  releasedService.parse({
    ...{ name: 'web', alias: null, artefact: `sha256:${'0'.repeat(64)}`, start: ['x'], route, health: '/up' },
    ...{ liveness: null, assets: null, version: null, variables: {}, startWithinMs: 1, drainWithinMs: 1 },
  });

/** A database that remembers how long stages took. */
const measured = (stages: Readonly<Record<string, number>>): Queries & { readonly asked: unknown[] } => {
  const asked: unknown[] = [];
  return {
    asked,
    query: async (_sql, values, row) => {
      asked.push(...values);
      return Object.entries(stages).map(([name, ms]) => row.parse({ name, ms }));
    },
    execute: async () => 0,
  };
};

const plan = (perSecond: number, { route = '/', database = measured({}) } = {}) =>
  planOf(database, {
    ...{
      environment: environmentName.parse('live'),
      order,
      pending: [],
      contracts: [],
      notes: [],
      live: old,
      strategy: 'canary',
    },
    steps: planRollout('canary', order),
    judge: judgeSettings([web]),
    rules: { verdictWithinMs: 60_000, atDeadline: 'ask' },
    release: { id: fresh, content: { services: [service(route)], smoke: [] } },
    settings: { bakeMs: 0, digest: 'd' },
    traffic: { [web]: perSecond },
  });

test('a step takes what its verdict takes at the present traffic, beside its start', async () => {
  const { steps, warnings, expectedMs } = await plan(100);
  const [, five] = steps;
  expect(five?.verdictMs).toBe(Math.round((1000 * (five?.requestsNeeded ?? 0)) / 5));
  expect(five?.expectedMs).toBe(2_000 + (five?.verdictMs ?? 0));
  expect(expectedMs).toBeGreaterThan(five?.verdictMs ?? 0);
  expect(warnings).toEqual([]);
});

test('what a rollout took before counts only as far as it was no waiting for a verdict', async () => {
  const database = measured({ rollout: 20_000 });
  const { steps } = await plan(100, { database });
  const verdictsMs = steps.reduce((sum, { verdictMs }) => sum + (verdictMs ?? 0), 0);
  const walked = steps.slice(0, -1).reduce((sum, { expectedMs }) => sum + expectedMs, 0);
  expect(Math.abs(walked - Math.max(20_000, verdictsMs))).toBeLessThan(10);
  expect(database.asked).toEqual(['live', 'canary', false]);
});

test('without visitors probes bring the verdict, which takes their time and is said', async () => {
  const { steps, warnings } = await plan(0);
  expect(steps[1]?.expectedMs).toBe(2_000 + 5_000 + 100 * (steps[1]?.requestsNeeded ?? 0));
  expect(warnings[0]).toBe('5 %: too few visitors for a verdict on web; probes of ours make up for them');
});

test('a step that neither visitors nor probes bring a verdict takes until its deadline, and warns of it', async () => {
  const { steps, warnings } = await plan(0, { route: '/api' });
  expect(steps[1]?.expectedMs).toBe(62_000);
  expect(warnings[0]).toMatch(
    /^5 %: web needs \d+ requests for a verdict, which do not come within 60 s: then a person/,
  );
});
