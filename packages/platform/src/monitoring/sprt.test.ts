import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cusumLimits, doublingsAt, requestsBetweenAlarms } from './cusum.ts';
import { seeded } from './simulation/random.ts';
import { chanceEverReached, failLimit, passPoints, pointsPerFailure } from './sprt.ts';

const good = 0.01;
const bad = 0.05;
const perFailure = pointsPerFailure(good, bad);

/** What the closed forms are held against: many walks, one request at a time. */
const share = (walks: number, failing: number, happens: (step: () => number) => boolean): number => {
  const random = seeded(7);
  const step = () => (random() < failing ? perFailure : -1);
  let times = 0;
  for (let walk = 0; walk < walks; walk++) if (happens(step)) times += 1;
  return times / walks;
};

describe('the test from the first request on', () => {
  test('a failed request weighs as much as 39 good ones between 1 % and 5 %', () => {
    expect(perFailure).toBe(39);
  });

  test('the chance ever to reach a limit is the one that walks show', () => {
    const limit = 78;
    const seen = share(20_000, good, (step) => {
      let points = 0;
      while (points < limit && points > -400) points += step();
      return points >= limit;
    });
    expect(chanceEverReached(good, perFailure, limit)).toBeCloseTo(seen, 2);
  });

  test('the chance to pass wrongly is the one that walks show', () => {
    const pass = passPoints(bad, perFailure, 0.05);
    const seen = share(10_000, bad, (step) => {
      let points = 0;
      while (points < 300 && points > -pass) points += step();
      return points < 0;
    });
    expect(seen).toBeLessThan(0.055);
    expect(seen).toBeGreaterThan(0.04);
  });

  test('a limit keeps alpha, and one point less would not', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.0002, max: 0.2, noNaN: true }), (alpha) => {
        const limit = failLimit(good, perFailure, alpha);
        expect(chanceEverReached(good, perFailure, limit)).toBeLessThanOrEqual(alpha);
        if (limit > 1) expect(chanceEverReached(good, perFailure, limit - 1)).toBeGreaterThan(alpha);
      }),
      { numRuns: 50 },
    );
  });

  test('a candidate that drifts towards a limit is certain to reach it', () => {
    expect(chanceEverReached(bad, perFailure, 500)).toBe(1);
  });
});

describe('the CUSUM', () => {
  const meanAt = (failing: number, limit: number): number => {
    const means = requestsBetweenAlarms(failing, perFailure);
    for (let below = 1; below < limit; below++) means.next();
    return means.next().value;
  };

  test('a limit of one point is reached by the first failure', () => {
    expect(meanAt(good, 1)).toBeCloseTo(100, 6);
  });

  test('the mean until an alarm is the one that walks show', () => {
    let requests = 0;
    share(3_000, bad, (step) => {
      for (let points = 0; points < 150; requests += 1) points = Math.max(0, points + step());
      return true;
    });
    expect(requests / 3_000 / meanAt(bad, 150)).toBeCloseTo(1, 1);
  });

  test('within the expected requests an alarm comes with the chance that was allowed', () => {
    const [limit = 0] = cusumLimits(good, perFailure, 0.05, 2_000);
    const seen = share(4_000, good, (step) => {
      let points = 0;
      for (let request = 0; request < 2_000; request++) {
        points = Math.max(0, points + step());
        if (points >= limit) return true;
      }
      return false;
    });
    expect(seen).toBeLessThan(0.05 + 0.01);
    expect(seen).toBeGreaterThan(0.02);
  });

  test('watching longer asks more', () => {
    const limits = cusumLimits(good, perFailure, 0.0005, 6_000);
    expect(limits).toEqual(limits.toSorted((a, b) => a - b));
    expect([0, 6_000, 6_001, 12_000, 12_001, 10_000_000].map((requests) => doublingsAt(requests, 6_000))).toEqual([
      0, 0, 1, 1, 2, 6,
    ]);
  });
});
