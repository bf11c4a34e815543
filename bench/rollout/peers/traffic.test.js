// @ts-check
import { expect, test } from 'vitest';
import { trafficOf } from './traffic.js';

/**
 * @param {import('./run-rule.js').Traffic} traffic
 * @param {{ seconds: number, weightPercent: number }} over
 */
const sum = (traffic, { seconds, weightPercent }) => {
  const next = traffic();
  const sums = { canary: 0, stable: 0, failed: 0, slow: 0 };
  for (let second = 0; second < seconds; second++) {
    const { canary, stable } = next(weightPercent);
    sums.canary += canary.requests;
    sums.stable += stable.requests;
    sums.failed += canary.failed;
    sums.slow += canary.slow;
  }
  return sums;
};

test('a traffic has the shares that it was given', () => {
  const traffic = trafficOf({ requestsPerSecond: 100, failureShare: 0.05, slowShare: 0.2 });
  const { canary, stable, failed, slow } = sum(traffic, { seconds: 1_000, weightPercent: 20 });
  expect(canary + stable).toBe(100_000);
  expect(canary / 100_000).toBeCloseTo(0.2, 2);
  expect(failed / canary).toBeCloseTo(0.05, 2);
  expect(slow / canary).toBeCloseTo(0.2, 1);
});

test('a traffic begins anew with the same luck, and another seed has another', () => {
  const given = { requestsPerSecond: 50, failureShare: 0.5 };
  const over = { seconds: 100, weightPercent: 50 };
  const traffic = trafficOf({ ...given, seed: 7 });
  expect(sum(traffic, over)).toEqual(sum(traffic, over));
  expect(sum(trafficOf({ ...given, seed: 8 }), over)).not.toEqual(sum(traffic, over));
});

test('a request that fails at a low weight fails at a higher one too', () => {
  const traffic = trafficOf({ requestsPerSecond: 50, failureShare: 0.5, seed: 7 });
  const [half, all] = [traffic(), traffic()];
  for (let second = 0; second < 100; second++)
    expect(half(50).canary.failed).toBeLessThanOrEqual(all(100).canary.failed);
});

test('a rate below one request a second is kept over the seconds', () => {
  const { canary } = sum(trafficOf({ requestsPerSecond: 0.25, failureShare: 0 }), { seconds: 100, weightPercent: 100 });
  expect(canary).toBe(25);
});
