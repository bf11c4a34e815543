import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastBusy } from './link.ts';

const upstreams = (loads: readonly number[]) => loads.map((inFlight, n) => ({ replica: `${n}`, port: n, inFlight }));

describe('the least busy upstream', () => {
  it('holds no more than any other', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 1 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (loads, draw) => {
          expect(leastBusy(upstreams(loads), () => draw)?.inFlight).toBe(Math.min(...loads));
        },
      ),
    );
  });

  it('is each of the equals in turn of chance', () => {
    const equals = upstreams([1, 0, 0, 5, 0]);
    const chosen = Array.from({ length: 300 }, () => leastBusy(equals, Math.random)?.replica);
    expect(new Set(chosen)).toEqual(new Set(['1', '2', '4']));
  });

  it('is none of nothing, and the one to be avoided only where there is no other', () => {
    const [one, other] = upstreams([0, 9]);
    if (one === undefined || other === undefined) throw new Error('two were asked for');
    expect(leastBusy([], Math.random)).toBeNull();
    expect(leastBusy([one, other], Math.random, one)).toBe(other);
    expect(leastBusy([one], Math.random, one)).toBe(one);
  });
});
