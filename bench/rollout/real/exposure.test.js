// @ts-check
import { expect, test } from 'vitest';
import { exposureOf } from './exposure.js';

const [good, bad] = ['r-000000000001', 'r-000000000002'];

/** @param {number} now @param {number} candidateWeightPercent @param {'blue' | 'green'} [stable] @returns {any} */
const seen = (now, candidateWeightPercent, stable = 'blue') => ({
  now,
  candidateWeightPercent,
  shape: { stable, slots: { blue: { release: good }, green: { release: bad } } },
});

/** @param {string | null} release @param {number} answered @param {boolean} [failed] @returns {any} */
const answer = (release, answered, failed = false) => ({
  by: release && { release },
  asked: answered - 5,
  answered,
  failed,
});

test('what visitors had of a candidate is counted from its first answer until its weight is 0', () => {
  const exposure = exposureOf(
    bad,
    [seen(0, 0), seen(1_000, 5), seen(7_000, 0), seen(9_000, 0)],
    [answer(good, 900), answer(bad, 1_500, true), answer(bad, 6_000, true), answer(bad, 6_500)],
  );
  expect(exposure).toEqual({ backMs: 5_500, trafficMinutes: expect.closeTo(0.005), failed: 2, othersFailed: 0 });
});

test('a weight that climbed before it fell counts with each of its shares', () => {
  const { trafficMinutes } = exposureOf(bad, [seen(0, 5), seen(60_000, 10), seen(120_000, 0)], [answer(bad, 10)]);
  expect(trafficMinutes).toBeCloseTo(0.15);
});

test('one that was promoted has every visitor and was never taken back', () => {
  const exposure = exposureOf(
    bad,
    [seen(0, 0), seen(0, 100), seen(60_000, 0, 'green'), seen(120_000, 0, 'green')],
    [answer(bad, 10)],
  );
  expect(exposure).toMatchObject({ backMs: null, trafficMinutes: 2 });
});

test('a failure that another release or nobody answered is not the candidate’s', () => {
  const exposure = exposureOf(
    bad,
    [seen(0, 5), seen(100, 0)],
    [answer(bad, 10, true), answer(good, 20, true), answer(null, 30, true)],
  );
  expect(exposure).toMatchObject({ failed: 1, othersFailed: 2 });
});
