import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseSlot, readPin } from './choose-slot.ts';
import type { RoutingTable } from './table.ts';
import { newRelease, oldRelease, slotOf, table } from './test-bed.ts';

const at = (candidateWeightPercent: number, more: Partial<RoutingTable> = {}): RoutingTable =>
  table({ stable: slotOf(oldRelease, []), candidate: slotOf(newRelease, []), candidateWeightPercent, ...more });

/** What a browser would send back. */
const kept = (pin: string | null, setCookie: string | undefined): string | null =>
  setCookie === undefined ? pin : readPin(setCookie.split(';')[0]);

const visit = (weights: readonly number[], random: () => number): ('stable' | 'candidate')[] => {
  let pin: string | null = null;
  return weights.map((weight) => {
    const choice = chooseSlot(at(weight), pin, random);
    pin = kept(pin, choice.setCookie);
    return choice.slot;
  });
};

const weight = fc.integer({ min: 0, max: 100 });
const rising = fc.array(weight, { minLength: 1, maxLength: 8 }).map((all) => [...all].sort((a, b) => a - b));
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the slot that a visitor gets', () => {
  it('follows the weight for cookieless requests, to one in a thousand', () => {
    fc.assert(
      fc.property(weight, (percent) => {
        const slots = Array.from({ length: 1_000 }, (_, n) => chooseSlot(at(percent), null, () => n / 1_000).slot);
        expect(slots.filter((slot) => slot === 'candidate')).toHaveLength(percent * 10);
      }),
    );
  });

  it('follows the weight at each step of any rising sequence for visitors who keep the cookie', () => {
    fc.assert(
      fc.property(rising, (weights) => {
        const visitors = Array.from({ length: 1_000 }, (_, n) => visit(weights, () => n / 1_000));
        weights.forEach((percent, step) => {
          expect(visitors.filter((slots) => slots[step] === 'candidate')).toHaveLength(percent * 10);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('sends one who was with stable at weight a over at weight b with chance (b−a)/(1−a)', () => {
    fc.assert(
      fc.property(weight, weight, (one, other) => {
        const [a, b] = one < other ? [one, other] : [other, one];
        const visitors = Array.from({ length: 1_000 }, (_, n) => visit([a, b], () => n / 1_000));
        const wereStable = visitors.filter(([first]) => first === 'stable');
        const wentOver = wereStable.filter(([, second]) => second === 'candidate');
        expect(wentOver.length).toBe(a === 100 ? 0 : Math.round((wereStable.length * (b - a)) / (100 - a)));
      }),
    );
  });

  it('is the same for all requests of a page that come at once, with the cookie of an earlier step', () => {
    fc.assert(
      fc.property(chance, fc.array(chance, { minLength: 2, maxLength: 6 }), rising, (first, draws, weights) => {
        const [from = 1, to = 1] = [Math.max(1, weights[0] ?? 1), Math.max(1, weights.at(-1) ?? 1)];
        const pin = kept(null, chooseSlot(at(from), null, () => first).setCookie);
        const slots = draws.map((draw) => chooseSlot(at(to), pin, () => draw).slot);
        expect(new Set(slots).size).toBe(1);
      }),
    );
  });

  it('never goes back from candidate to stable, whatever the weight does, unless it is 0', () => {
    fc.assert(
      fc.property(
        chance,
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 10 }),
        (draw, weights) => {
          const slots = visit(weights, () => draw);
          const first = slots.indexOf('candidate');
          if (first !== -1) expect(slots.slice(first)).not.toContain('stable');
        },
      ),
    );
  });

  it('is stable for everybody at weight 0, as after an abort, and no cookie is set', () => {
    fc.assert(
      fc.property(chance, weight, (draw, before) => {
        const pin = kept(null, chooseSlot(at(before), null, () => draw).setCookie);
        expect(chooseSlot(at(0), pin, () => draw)).toEqual({ slot: 'stable' });
      }),
    );
  });

  it('is the candidate for everybody at weight 100, also for one pinned to stable', () => {
    fc.assert(
      fc.property(chance, weight, (draw, before) => {
        const pin = kept(null, chooseSlot(at(before), null, () => draw).setCookie);
        expect(chooseSlot(at(100), pin, () => draw).slot).toBe('candidate');
      }),
    );
  });

  it('stays the same release when the candidate becomes stable', () => {
    const pin = kept(null, chooseSlot(at(50), null, () => 0.1).setCookie);
    const promoted = { stable: slotOf(newRelease, []), candidate: slotOf(oldRelease, []) };
    expect(chooseSlot(at(100), pin, () => 0.9)).toEqual({ slot: 'candidate' });
    expect(chooseSlot(at(0, promoted), pin, () => 0.9)).toEqual({ slot: 'stable' });
    expect(chooseSlot(at(0, { ...promoted, candidate: null }), pin, () => 0.9)).toEqual({ slot: 'stable' });
  });

  it('is drawn anew with the pin of another rollout, of a release that is gone, or none that we wrote', () => {
    const pins = ['d-2.r-000000000002.5', 'd-1.r-000000000009.5', 'd-1.r-000000000002', 'd-1.r-000000000002.x', ''];
    for (const pin of [
      ...pins,
      'd-1.r-000000000002.101',
      'd-1.r-000000000002.-1',
      'd-1..5',
      'd-1.r-000000000002.1e2',
    ]) {
      expect(chooseSlot(at(50), pin, () => 0.7)).toMatchObject({ slot: 'stable', setCookie: expect.any(String) });
    }
  });

  it('never throws and never leaves the two slots for any cookie', () => {
    fc.assert(
      fc.property(fc.string(), weight, chance, (pin, percent, draw) => {
        expect(['stable', 'candidate']).toContain(chooseSlot(at(percent), pin, () => draw).slot);
      }),
    );
  });

  it('needs no cookie while only one slot holds a release', () => {
    expect(chooseSlot(at(50, { candidate: null }), null, () => 0)).toEqual({ slot: 'stable' });
    expect(chooseSlot(at(100, { stable: null }), null, () => 0)).toEqual({ slot: 'candidate' });
  });

  it('may belong to a rollout of any name', () => {
    const odd = { rollout: 'ship; a=b, ü.1' };
    const { setCookie = '' } = chooseSlot(at(50, odd), null, () => 0.1);
    expect(setCookie).toMatch(/^plumbline-visitor=[\w.%-]+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(chooseSlot(at(1, odd), kept(null, setCookie), () => 0.9)).toEqual({ slot: 'candidate' });
  });
});

describe('the pin', () => {
  it.each([
    ['plumbline-visitor=a.b.1', 'a.b.1'],
    ['x=1; plumbline-visitor=a.b.1; y=2', 'a.b.1'],
    ['x=1;plumbline-visitor=a.b.1', 'a.b.1'],
    ['not-plumbline-visitor=no; plumbline-visitor=a.b.1', 'a.b.1'],
    ['plumbline-visitors=no', null],
    ['x=plumbline-visitor', null],
    ['', null],
    [undefined, null],
  ])('is read out of %j', (header, pin) => {
    expect(readPin(header)).toBe(pin);
  });
});
