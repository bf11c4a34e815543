// @ts-check
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flagger } from './flagger.js';
import { runRule } from './run-rule.js';
import { trafficOf } from './traffic.js';

/** @typedef {import('./run-rule.js').Traffic} Traffic */

const interval = 10_000;

/** @param {Partial<import('./flagger.js').Settings>} [given] */
const rule = (given = {}) =>
  flagger({
    name: 'flagger',
    intervalMs: interval,
    threshold: 2,
    stepPercent: 10,
    maxPercent: 30,
    metrics: [{ counts: 'failed', of: 'canary', atMostPercent: 1, windowMs: interval }],
    ...given,
  });

/**
 * Ten requests a second to the candidate, all of which fail in the intervals named.
 *
 * @param {readonly number[]} intervals
 * @returns {Traffic}
 */
const failingIn = (intervals) => () => {
  let second = 0;
  return () => {
    const failed = intervals.includes(Math.floor((second++ * 1_000) / interval)) ? 10 : 0;
    return { canary: { requests: 10, failed, slow: 0 }, stable: { requests: 90, failed: 0, slow: 0 } };
  };
};

describe('Flagger', () => {
  test('leaves the weight where it is while a check fails, and goes on after it', () => {
    const run = runRule(rule(), failingIn([0]));
    expect(run.promotedAtMs).toBe(4 * interval);
    expect(run.trafficMinutesExposed).toBeCloseTo(((10 + 10 + 20 + 30) * 10) / 6_000);
  });

  test('forgives no failed check for the successes in between', () => {
    expect(runRule(rule(), failingIn([0, 2])).abortedAtMs).toBe(4 * interval);
  });

  test('looks at the threshold one interval after the check that reached it', () => {
    expect(runRule(rule(), failingIn([0, 1])).abortedAtMs).toBe(3 * interval);
  });

  test('counts a check without traffic as failed', () => {
    const run = runRule(rule(), trafficOf({ requestsPerSecond: 0, failureShare: 0 }));
    expect(run).toMatchObject({ abortedAtMs: 3 * interval, because: '2 failed checks: no values found' });
  });

  test('lets exactly 1 % pass', () => {
    /** @type {Traffic} */
    const onePercent = () => () => ({
      canary: { requests: 100, failed: 1, slow: 0 },
      stable: { requests: 900, failed: 0, slow: 0 },
    });
    expect(runRule(rule(), onePercent).promotedAtMs).toBe(3 * interval);
  });

  test('aborts after threshold + 1 intervals at the earliest, and never exposes less than nothing', () => {
    const traffics = fc.record({
      requestsPerSecond: fc.integer({ min: 0, max: 20 }),
      failureShare: fc.double({ min: 0, max: 1, noNaN: true }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(traffics, fc.integer({ min: 1, max: 10 }), (traffic, threshold) => {
        const { abortedAtMs, trafficMinutesExposed } = runRule(rule({ threshold }), trafficOf(traffic));
        expect(trafficMinutesExposed).toBeGreaterThanOrEqual(0);
        expect(abortedAtMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual((threshold + 1) * interval);
      }),
    );
  });
});
