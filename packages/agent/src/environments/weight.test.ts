import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Capacity, candidateWeight, canServe } from './weight.ts';

const of = (
  readyStable: number,
  readyCandidate: number,
  wantedCandidate: number,
  more: Partial<Capacity> = {},
): Capacity => ({
  inStable: true,
  inCandidate: true,
  readyStable,
  readyCandidate,
  wantedCandidate,
  ...more,
});

describe('the weight of a candidate', () => {
  test.each([
    ['is the shape’s when it is whole', 30, [of(2, 1, 1)], 30],
    ['is all when it is whole and the shape says all', 100, [of(2, 2, 2)], 100],
    ['is its share of what is ready while it is not whole', 100, [of(2, 1, 2)], 33],
    ['is the least share over all services', 100, [of(2, 2, 3), of(3, 1, 2)], 25],
    ['is nothing while a service of it has nobody ready', 50, [of(2, 2, 2), of(2, 0, 1)], 0],
    ['stays nothing when the shape says nothing, though stable is dead', 0, [of(0, 2, 2)], 0],
    ['is all when stable has nobody ready and it may have visitors', 10, [of(0, 1, 1)], 100],
    ['stays as ordered where neither can serve', 40, [of(0, 0, 1)], 40],
    ['is all when stable lacks one service that the candidate has', 50, [of(1, 1, 2), of(0, 2, 2)], 100],
    ['does not mind a service that is new in it', 50, [of(2, 1, 1), of(0, 1, 1, { inStable: false })], 50],
    ['does not mind a service that it has given up', 50, [of(2, 1, 1), of(2, 0, 0, { inCandidate: false })], 50],
  ])('%s', (_, shape, services, expected) => {
    expect(candidateWeight(shape, services)).toBe(expected);
  });

  const services = fc.array(
    fc.record({
      inStable: fc.boolean(),
      inCandidate: fc.constant(true),
      readyStable: fc.nat(4),
      readyCandidate: fc.nat(4),
      wantedCandidate: fc.integer({ min: 1, max: 4 }),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const isServed = (one: Capacity) => one.readyStable > 0;

  test('never exceeds the shape’s while stable can serve', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), services, (shape, all) => {
        fc.pre(all.every(isServed));
        expect(candidateWeight(shape, all)).toBeLessThanOrEqual(shape);
      }),
    );
  });

  test('never exceeds its share of ready capacity while it is not whole and stable can serve', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), services, (shape, all) => {
        fc.pre(all.every(isServed) && all.some((one) => one.readyCandidate < one.wantedCandidate));
        const least = Math.min(
          ...all.map((one) => (100 * one.readyCandidate) / (one.readyCandidate + one.readyStable)),
        );
        expect(candidateWeight(shape, all)).toBeLessThanOrEqual(least);
      }),
    );
  });

  test('never falls when one more replica of it gets ready', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), services, fc.nat(3), (shape, all, which) => {
        fc.pre(all.every(isServed));
        const more = all.map((one, index) =>
          index === which % all.length ? { ...one, readyCandidate: one.readyCandidate + 1 } : one,
        );
        expect(candidateWeight(shape, more)).toBeGreaterThanOrEqual(candidateWeight(shape, all));
      }),
    );
  });
});

describe('a candidate can serve its cohort', () => {
  test.each([
    ['with one ready replica of each service, whole or not', [of(2, 1, 2), of(3, 1, 1)], true],
    ['not while a service of it has nobody ready', [of(2, 2, 2), of(2, 0, 1)], false],
    ['without a service that it has given up', [of(2, 1, 1), of(2, 0, 0, { inCandidate: false })], true],
    ['where stable cannot', [of(0, 1, 1)], true],
  ])('%s', (_, services, expected) => {
    expect(canServe(services)).toBe(expected);
  });
});
