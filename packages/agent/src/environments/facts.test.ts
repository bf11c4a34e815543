import { describe, expect, test } from 'vitest';
import { releases, web } from '../testing/orders.ts';
import * as facts from './facts.ts';

const begun = facts.begun({ id: 'web-1', service: web, slot: 'blue', release: releases[0], program: 'p1' });
const failing = { ok: false, because: 'GET /health answered 503' } as const;
const isWell = { ok: true } as const;

const crashedAfter = (ms: number, one = begun) => facts.ended(facts.launched(one, 1, 1, 0), 'exited with code 1', ms);

describe('a replica', () => {
  test('says how it ended and after how long', () => {
    expect(facts.becauseOf(crashedAfter(400))).toBe('exited with code 1 after 0.4 s');
    expect(facts.becauseOf(crashedAfter(61_234))).toBe('exited with code 1 after 61 s');
  });

  test('waits twice as long after each crash, to 10 s', () => {
    let one = begun;
    const waits = Array.from({ length: 8 }, () => {
      one = crashedAfter(0, one);
      return one.life.is === 'waiting' ? one.life.untilMs : null;
    });
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  });

  test('is forgiven its crashes when it was ready for 30 s', () => {
    const often = crashedAfter(0, crashedAfter(0, crashedAfter(0)));
    const well = facts.probed(facts.launched(often, 1, 1, 0), isWell, 0);
    expect(facts.ended(well, 'exited with code 1', 29_999).crashesInARow).toBe(4);
    expect(facts.ended(well, 'exited with code 1', 30_000).crashesInARow).toBe(1);
  });

  test('counts a restart when it is started again, not when it ends', () => {
    const once = crashedAfter(10);
    expect(once.restarts).toBe(0);
    expect(facts.launched(once, 2, 2, 20).restarts).toBe(1);
  });

  test('is unready after three failed probes, ready again after one that is well', () => {
    const ready = facts.probed(facts.launched(begun, 1, 1, 0), isWell, 5);
    const twice = facts.probed(facts.probed(ready, failing, 6), failing, 7);
    expect(facts.stateOf(twice)).toBe('ready');
    const thrice = facts.probed(twice, failing, 8);
    expect([facts.stateOf(thrice), facts.becauseOf(thrice)]).toEqual(['unready', 'GET /health answered 503']);
    const again = facts.probed(thrice, isWell, 9);
    expect([facts.stateOf(again), facts.becauseOf(again)]).toEqual(['ready', null]);
  });

  test('that waits for a store has not crashed', () => {
    const held = facts.heldBack(facts.launching(begun), 'PostgreSQL staging did not answer', 100);
    expect(held).toMatchObject({ restarts: 0, crashesInARow: 0, life: { is: 'waiting', untilMs: 350 } });
    expect(facts.stateOf(held)).toBe('starting');
  });

  test('that cannot be started counts as crashed each time', () => {
    const once = facts.notLaunched(facts.launching(begun), 'the secret jwt is not set', 0);
    const twice = facts.notLaunched(facts.launching(once), 'the secret jwt is not set', 200);
    expect(twice).toMatchObject({ restarts: 1, crashesInARow: 2, lastEnd: 'the secret jwt is not set' });
  });
});
