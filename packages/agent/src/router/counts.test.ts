import { serviceName } from '@plumbline/contract/names';
import { describe, expect, it } from 'vitest';
import type { Answered } from './answered.ts';
import { createCounting, latencyQuantileMs, mergeCounts, savedCounts } from './counts.ts';
import { newRelease, oldRelease, staging } from './test-bed.ts';

const web = serviceName.parse('web');
const one = (more: Partial<Answered> = {}): Answered => ({
  environment: staging,
  release: oldRelease,
  slot: 'blue',
  service: web,
  status: 200,
  complete: true,
  clientGone: false,
  waitMs: 10,
  ...more,
});
const counted = (...all: readonly Partial<Answered>[]) => {
  const counting = createCounting();
  for (const more of all) counting.add(one(more));
  return counting;
};
const webOf = (counting: ReturnType<typeof createCounting>, release = oldRelease) => {
  const counts = counting.save()[staging]?.[release]?.[web];
  if (counts === undefined) throw new Error(`nothing was counted of ${release}`);
  return counts;
};

describe('counts', () => {
  it.each<[string, Partial<Answered>, number]>([
    ['an answer', {}, 0],
    ['a 404', { status: 404 }, 0],
    ['a 500', { status: 500 }, 1],
    ['an answer that broke off', { complete: false }, 1],
    ['a client that left', { complete: false, clientGone: true, status: 499 }, 0],
    ['a 502 of ours', { complete: false, status: 502 }, 1],
    ['a tunnel', { status: 101 }, 0],
    ['a tunnel that broke off', { status: 101, complete: false }, 1],
  ])('take %s for %s errors', (_, more, errors) => {
    expect(webOf(counted(more))).toMatchObject({ requests: 1, errors });
  });

  it('tell the kinds of status and the slow ones apart', () => {
    const all = [{ status: 101 }, { status: 204 }, { status: 304 }, { status: 404, waitMs: 501 }];
    expect(webOf(counted(...all, { status: 503, waitMs: 1_001 }))).toMatchObject({
      status: { '1xx': 1, '2xx': 1, '3xx': 1, '4xx': 1, '5xx': 1 },
      slowerThan: { '500': 2, '1000': 1 },
    });
  });

  it('know the quantiles of the latency to one per cent, without clients that left before the answer', () => {
    const counting = counted({ status: 499, clientGone: true, complete: false, waitMs: 1 });
    for (let ms = 1; ms <= 1_000; ms += 1) counting.add(one({ waitMs: ms }));
    const counts = webOf(counting);
    for (const quantile of [0.5, 0.95, 0.99]) {
      const measured = latencyQuantileMs(counts, quantile) ?? 0;
      expect(Math.abs(measured / (quantile * 1_000) - 1)).toBeLessThan(0.011);
    }
  });

  it('take a client that left after a second for a slow request, and one that left within the answer for a quick one', () => {
    const gone = { clientGone: true, complete: false };
    const counts = webOf(counted({ ...gone, status: 499, waitMs: 1_001 }, { ...gone, status: 200, waitMs: 5 }));
    expect(counts.slowerThan).toEqual({ '500': 1, '1000': 1 });
    expect(latencyQuantileMs(counts, 1)).toBeCloseTo(5, 0);
  });

  it('have no quantile of nothing', () => {
    const left = { status: 499, clientGone: true, complete: false };
    expect(latencyQuantileMs(webOf(counted(left)), 0.5)).toBeNull();
  });

  it('go on where they were saved', () => {
    const before = counted({}, { status: 500 });
    const after = createCounting(savedCounts.parse(JSON.parse(JSON.stringify(before.save()))));
    expect(after.save()).toEqual(before.save());
    after.add(one());
    expect(webOf(after)).toMatchObject({ requests: 3, errors: 1 });
  });

  it('merge to what would have been counted in one place', () => {
    const [some, others] = [
      [{ waitMs: 5 }, { status: 500 }],
      [{ waitMs: 700 }, { status: 404 }],
    ];
    const merged = mergeCounts(webOf(counted(...some)), webOf(counted(...others)));
    const { latencyMs, ...rest } = webOf(counted(...some, ...others));
    expect(merged).toMatchObject(rest);
    const inOne = { ...rest, latencyMs };
    for (const quantile of [0, 0.5, 1]) {
      expect(latencyQuantileMs(merged, quantile)).toBeCloseTo(latencyQuantileMs(inOne, quantile) ?? -1);
    }
  });

  it('are kept by release, and forgotten by release', () => {
    const counting = counted({}, { release: newRelease });
    counting.forget(staging, oldRelease);
    expect(Object.keys(counting.save()[staging] ?? {})).toEqual([newRelease]);
  });
});
