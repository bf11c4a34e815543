// @ts-check
import { describe, expect, test } from 'vitest';
import {
  argoBackground,
  argoGettingStarted,
  argoInline,
  flaggerDefault,
  flaggerFastest,
  flaggerHowItWorks,
  flaggerIstio,
  flaggerLinkerd,
  flaggerNginx,
  peers,
} from './rules.js';
import { runRule } from './run-rule.js';
import { trafficOf } from './traffic.js';

const minute = 60_000;
const broken = trafficOf({ requestsPerSecond: 50, failureShare: 1 });
const slow = trafficOf({ requestsPerSecond: 50, failureShare: 0, slowShare: 1 });
const healthy = trafficOf({ requestsPerSecond: 50, failureShare: 0 });

const table = /** @type {const} */ ([
  { rule: flaggerHowItWorks, abortsAt: 11, weight: 5, exposed: 0.55, promotesAt: 10 },
  { rule: flaggerIstio, abortsAt: 6, weight: 10, exposed: 0.6, promotesAt: 5 },
  { rule: flaggerLinkerd, abortsAt: 3, weight: 5, exposed: 0.15, promotesAt: 5 },
  { rule: flaggerNginx, abortsAt: 11 / 6, weight: 5, exposed: 0.09, promotesAt: 10 / 6 },
  { rule: flaggerDefault, abortsAt: 2, weight: 10, exposed: 0.2, promotesAt: 5 },
  { rule: flaggerFastest, abortsAt: 2 / 6, weight: 10, exposed: 0.03, promotesAt: 5 / 6 },
  { rule: argoBackground, abortsAt: 25, weight: 60, exposed: 9, promotesAt: 40 },
  { rule: argoInline, abortsAt: 5, weight: 20, exposed: 1, promotesAt: 5 },
]);

describe.each(table)('$rule.name', ({ rule, abortsAt, weight, exposed, promotesAt }) => {
  test('aborts a candidate that fails every request at the documented time and weight', () => {
    const run = runRule(rule, broken);
    expect(run).toMatchObject({ abortedAtMs: abortsAt * minute, promotedAtMs: null, lastWeightPercent: weight });
    expect(run.trafficMinutesExposed).toBeCloseTo(exposed, 2);
  });

  test('promotes a healthy candidate after its last step', () => {
    expect(runRule(rule, healthy)).toMatchObject({
      abortedAtMs: null,
      promotedAtMs: promotesAt * minute,
      requestsFailed: 0,
    });
  });
});

test.each(peers)('$name judges the same traffic the same way', (rule) => {
  const fivePercent = trafficOf({ requestsPerSecond: 50, failureShare: 0.05, seed: 3 });
  expect(runRule(rule, fivePercent)).toEqual(runRule(rule, fivePercent));
});

test.each([flaggerHowItWorks, flaggerIstio, flaggerLinkerd, flaggerNginx, flaggerDefault, flaggerFastest])(
  '$name aborts a slow candidate as quickly as one that fails',
  (rule) => {
    expect(runRule(rule, slow).abortedAtMs).toBe(runRule(rule, broken).abortedAtMs);
  },
);

test('the examples of Argo Rollouts do not look at latency', () => {
  expect(runRule(argoBackground, slow).promotedAtMs).not.toBeNull();
  expect(runRule(argoInline, slow).promotedAtMs).not.toBeNull();
});

test('Argo Rollouts, getting started, never ends by itself', () => {
  const run = runRule(argoGettingStarted, broken, { untilMs: 60 * minute });
  expect(run).toMatchObject({
    abortedAtMs: null,
    promotedAtMs: null,
    lastWeightPercent: 20,
    trafficMinutesExposed: 12,
  });
});

test('Flagger, how it works, exposes 5.5 traffic-minutes from when a defect shows at 50 %', () => {
  const untilItShows = [5, 10, 15, 20, 25, 30, 35, 40, 45].reduce((sum, weight) => sum + weight / 100, 0);
  const run = runRule(flaggerHowItWorks, trafficOf({ requestsPerSecond: 50, failureShare: 1, fromWeightPercent: 50 }));
  expect(run).toMatchObject({ abortedAtMs: 20 * minute, lastWeightPercent: 50 });
  expect(run.trafficMinutesExposed - untilItShows).toBeCloseTo(5.5, 2);
});
