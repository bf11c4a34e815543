import type { Cohort } from '@plumbline/contract/shape';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseSlot, visitorCookie } from './choose-slot.ts';
import { readCookie } from './cookie.ts';
import type { RoutingTable } from './table.ts';
import { newRelease, oldRelease, slotOf, table } from './test-bed.ts';

const at = (candidateWeightPercent: number, more: Partial<RoutingTable> = {}): RoutingTable =>
  table({ stable: slotOf(oldRelease, []), candidate: slotOf(newRelease, []), candidateWeightPercent, ...more });

const choose = (routes: RoutingTable, pin: string | null, random: () => number, isOfCohort = false) =>
  chooseSlot(routes, { pin, isOfCohort }, random);

/** What a browser would send back. */
const kept = (pin: string | null, setCookie: string | undefined): string | null =>
  setCookie === undefined ? pin : readCookie(setCookie, visitorCookie);

const visit = (weights: readonly number[], random: () => number): ('stable' | 'candidate')[] => {
  let pin: string | null = null;
  return weights.map((weight) => {
    const choice = choose(at(weight), pin, random);
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
        const slots = Array.from({ length: 1_000 }, (_, n) => choose(at(percent), null, () => n / 1_000).slot);
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
        const pin = kept(null, choose(at(from), null, () => first).setCookie);
        const slots = draws.map((draw) => choose(at(to), pin, () => draw).slot);
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
        const pin = kept(null, choose(at(before), null, () => draw).setCookie);
        expect(choose(at(0), pin, () => draw)).toEqual({ slot: 'stable' });
      }),
    );
  });

  it('is the candidate for everybody at weight 100, also for one pinned to stable', () => {
    fc.assert(
      fc.property(chance, weight, (draw, before) => {
        const pin = kept(null, choose(at(before), null, () => draw).setCookie);
        expect(choose(at(100), pin, () => draw).slot).toBe('candidate');
      }),
    );
  });

  it('stays the same release when the candidate becomes stable', () => {
    const pin = kept(null, choose(at(50), null, () => 0.1).setCookie);
    const promoted = { stable: slotOf(newRelease, []), candidate: slotOf(oldRelease, []) };
    expect(choose(at(100), pin, () => 0.9)).toEqual({ slot: 'candidate' });
    expect(choose(at(0, promoted), pin, () => 0.9)).toEqual({ slot: 'stable' });
    expect(choose(at(0, { ...promoted, candidate: null }), pin, () => 0.9)).toEqual({ slot: 'stable' });
  });

  it('is drawn anew with the pin of another rollout, or one that we did not write', () => {
    const fields = ['d-2.green.5', 'd-1.red.5', 'd-1.green', 'd-1.green.x', 'd-1.green.101', 'd-1.green.-1'];
    for (const pin of [...fields, 'd-1..5', 'd-1.green.1e2', 'd-1.green.cohorts', 'd-1.r-000000000002.5', '']) {
      expect(choose(at(50), pin, () => 0.7)).toMatchObject({ slot: 'stable', setCookie: expect.any(String) });
    }
  });

  it('never throws and never leaves the two slots for any cookie', () => {
    fc.assert(
      fc.property(fc.string(), weight, chance, (pin, percent, draw) => {
        expect(['stable', 'candidate']).toContain(choose(at(percent), pin, () => draw).slot);
      }),
    );
  });

  it('is kept apart where both slots hold one release, with other settings', () => {
    const settings = { candidate: { ...slotOf(oldRelease, []), slot: 'green' as const } };
    const pin = kept(null, choose(at(5, settings), null, () => 0.6).setCookie);
    expect(choose(at(5, settings), pin, () => 0)).toEqual({ slot: 'stable' });
    expect(choose(at(70, settings), pin, () => 0).slot).toBe('candidate');
  });

  it('needs no cookie while only one slot holds a release', () => {
    expect(choose(at(50, { candidate: null }), null, () => 0)).toEqual({ slot: 'stable' });
    expect(choose(at(100, { stable: null }), null, () => 0)).toEqual({ slot: 'candidate' });
  });

  it('may belong to a rollout of any name', () => {
    const odd = { rollout: 'ship; a=b, ü.1' };
    const { setCookie = '' } = choose(at(50, odd), null, () => 0.1);
    expect(setCookie).toMatch(/^plumbline-visitor=[\w.%-]+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(choose(at(1, odd), kept(null, setCookie), () => 0.9)).toEqual({ slot: 'candidate' });
  });
});

describe('the slot of a cohort', () => {
  const cohort: Cohort = { by: 'header', name: 'x-tester', value: 'yes' };
  const open = (percent: number) => at(percent, { cohort });
  const member = kept(null, choose(open(0), null, () => 0.9, true).setCookie);

  it.each<[string, RoutingTable, string | null, boolean, 'stable' | 'candidate']>([
    ['the candidate at weight 0', open(0), null, true, 'candidate'],
    ['the candidate at any weight', open(1), null, true, 'candidate'],
    ['the candidate for one who was with stable before', open(5), 'd-1.blue.60', true, 'candidate'],
    ['stable at weight 0 for those without the mark', open(0), null, false, 'stable'],
    ['stable at weight 0 for one whom the weight had brought over', open(0), 'd-1.green.1', false, 'stable'],
    ['the candidate for what follows a page without the mark', open(0), member, false, 'candidate'],
    ['the candidate for a member as its weight rises', open(5), member, false, 'candidate'],
    ['the candidate for a member once the cohort is no more than everybody', at(5), member, false, 'candidate'],
    ['stable at once where weight and cohort are taken away', at(0), member, false, 'stable'],
    ['stable at once where the candidate is taken away', at(0, { candidate: null, cohort }), member, true, 'stable'],
    ['stable for a member of another rollout', open(0), 'd-2.green.cohort', false, 'stable'],
    ['drawn as for all with a pin to stable that says cohort', open(5), 'd-1.blue.cohort', false, 'stable'],
  ])('is %s', (_, routes, pin, isOfCohort, slot) => {
    expect(choose(routes, pin, () => 0.9, isOfCohort).slot).toBe(slot);
  });

  it('is written once', () => {
    expect(member).toBe('d-1.green.cohort');
    expect(choose(open(0), member, () => 0.9, true)).toEqual({ slot: 'candidate' });
  });

  it('takes nothing from the share of everybody else', () => {
    fc.assert(
      fc.property(weight, (percent) => {
        const slots = Array.from({ length: 1_000 }, (_, n) => choose(open(percent), null, () => n / 1_000).slot);
        expect(slots.filter((slot) => slot === 'candidate')).toHaveLength(percent * 10);
      }),
    );
  });
});
