// @ts-check
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argo } from './argo.js';
import { argoBackgroundSettings, argoInline, argoInlineSettings } from './rules.js';
import { runRule } from './run-rule.js';
import { trafficOf } from './traffic.js';

/** @typedef {import('./argo.js').Analysis} Analysis */
/** @typedef {import('./run-rule.js').Traffic} Traffic */

const minute = 60_000;
const nobody = trafficOf({ requestsPerSecond: 0, failureShare: 0 });

/**
 * The background example, of the candidate's own requests and from the first step on.
 *
 * @param {Partial<Analysis>} [given]
 */
const ownRequests = (given = {}) =>
  argo({
    ...argoBackgroundSettings,
    analysis: {
      ...argoBackgroundSettings.analysis,
      startsAtMs: 0,
      metric: { ...argoBackgroundSettings.analysis.metric, of: 'canary' },
      ...given,
    },
  });

/**
 * Ten requests to the candidate each second, for so many seconds, and none afterwards.
 *
 * @param {number} seconds
 * @returns {Traffic}
 */
const askedFor = (seconds) => () => {
  let second = 0;
  return () => {
    const requests = second++ < seconds ? 10 : 0;
    return { canary: { requests, failed: 0, slow: 0 }, stable: { requests: 90, failed: 0, slow: 0 } };
  };
};

describe('Argo Rollouts', () => {
  test('aborts at the fifth error in a row, 10 s apart, when nothing was ever counted', () => {
    const run = runRule(argoInline, nobody);
    expect(run).toMatchObject({ abortedAtMs: 5 * minute + 40_000, lastWeightPercent: 20, because: 'no data' });
    expect(run.trafficMinutesExposed - 1).toBeCloseTo(0.13, 2);
  });

  test('takes NaN for a failure where there is a success condition alone', () => {
    const run = runRule(ownRequests({ startsAtMs: 10 * minute }), askedFor(60));
    expect(run).toMatchObject({ abortedAtMs: 25 * minute, because: 'no data' });
  });

  test('takes NaN for inconclusive where there are both conditions, and waits for a human', () => {
    const run = runRule(ownRequests({ startsAtMs: 10 * minute, failsAbovePercent: 50 }), askedFor(60));
    expect(run).toMatchObject({ abortedAtMs: null, promotedAtMs: null, because: 'inconclusive: no data' });
  });

  test('waits for a human between the two conditions', () => {
    const run = runRule(
      ownRequests({ startsAtMs: minute, failsAbovePercent: 50 }),
      trafficOf({ requestsPerSecond: 50, failureShare: 0.2 }),
    );
    expect(run).toMatchObject({ abortedAtMs: null, promotedAtMs: null, lastWeightPercent: 20 });
  });

  test('goes on when there is data before the fifth error', () => {
    const late = () => {
      let second = 0;
      return () => {
        const requests = second++ < 25 ? 0 : 10;
        return { canary: { requests, failed: 0, slow: 0 }, stable: { requests: 0, failed: 0, slow: 0 } };
      };
    };
    expect(runRule(ownRequests(), late).promotedAtMs).toBe(40 * minute);
  });

  test('does not notice a candidate at 20 % that fails a fifth of its requests, since the query is for the service', () => {
    const fifth = trafficOf({ requestsPerSecond: 50, failureShare: 0.2 });
    expect(runRule(argoInline, fifth).promotedAtMs).toBe(5 * minute);
    const { analysis } = argoInlineSettings;
    const own = argo({
      ...argoInlineSettings,
      analysis: { ...analysis, metric: { ...analysis.metric, of: 'canary' } },
    });
    expect(runRule(own, fifth).abortedAtMs).toBe(5 * minute);
  });

  test('never aborts before its first measurement, and never exposes less than nothing', () => {
    const traffics = fc.record({
      requestsPerSecond: fc.integer({ min: 0, max: 5 }),
      failureShare: fc.double({ min: 0, max: 1, noNaN: true }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(traffics, fc.integer({ min: 1, max: 20 }), (traffic, minutes) => {
        const startsAtMs = minutes * minute;
        const { abortedAtMs, trafficMinutesExposed } = runRule(ownRequests({ startsAtMs }), trafficOf(traffic));
        expect(trafficMinutesExposed).toBeGreaterThanOrEqual(0);
        expect(abortedAtMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(startsAtMs);
      }),
    );
  });
});
