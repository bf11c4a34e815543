import { serviceName } from '@plumbline/contract/names';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { releases, spec, web } from '../testing/orders.ts';
import { type Action, decide } from './decide.ts';
import type { Group } from './desired.ts';
import type { Facts } from './facts.ts';
import * as facts from './facts.ts';

const group = (change: Partial<Group> = {}): Group => ({
  slot: 'blue',
  service: web,
  release: releases[0],
  wanted: 2,
  spec: spec({ startWithinMs: 30_000 }),
  program: 'p1',
  ...change,
});

const begun = (number: number, change: Partial<Facts> = {}): Facts => ({
  ...facts.begun({ id: `web-${number}`, service: web, slot: 'blue', release: releases[0], program: 'p1' }),
  ...change,
});
const alive = (number: number, change: Partial<Facts> = {}): Facts =>
  facts.launched(begun(number, change), 1000 + number, 2000 + number, 0);
const ready = (number: number, change: Partial<Facts> = {}): Facts =>
  facts.probed(alive(number, change), { ok: true }, 0);

const kinds = (actions: readonly Action[]) =>
  actions.map((one) => ('replica' in one ? `${one.kind} ${one.replica}` : one.kind));
const decided = (groups: readonly Group[], replicas: readonly Facts[], nowMs = 0) =>
  kinds(decide(groups, replicas, nowMs).actions);

describe('what is done next', () => {
  test('replicas that are missing begin', () => {
    expect(decided([group()], [ready(1)])).toEqual(['begin']);
  });

  test('nothing, when all is as wanted', () => {
    expect(decided([group()], [ready(1), ready(2)])).toEqual([]);
  });

  test('one that waits is launched when its time has come, not before', () => {
    const waiting = begun(1, { life: { is: 'waiting', untilMs: 400 } });
    expect(decide([group({ wanted: 1 })], [waiting], 399)).toEqual({ actions: [], againAtMs: 400 });
    expect(decided([group({ wanted: 1 })], [waiting], 400)).toEqual(['launch web-1']);
  });

  test('of too many the one that is not ready goes first, then the younger', () => {
    expect(decided([group({ wanted: 1 })], [alive(1), ready(2)])).toEqual(['retire web-1']);
    expect(decided([group({ wanted: 1 })], [ready(1), ready(2)])).toEqual(['retire web-2']);
  });

  test('those of a release that the slot does not hold any more go, and the new ones begin', () => {
    const now = group({ release: releases[1], wanted: 1 });
    expect(decided([now], [ready(1)])).toEqual(['retire web-1', 'begin']);
  });

  test('one that drains is not counted', () => {
    expect(decided([group({ wanted: 1 })], [facts.draining(ready(1), 'told to')])).toEqual(['begin']);
  });

  test('one that does not get ready in time is ended, with the reason', () => {
    const late = facts.probed(alive(1), { ok: false, because: 'GET /health answered 503' }, 10);
    const { actions } = decide([group({ wanted: 1 })], [late], 30_000);
    expect(actions).toEqual([
      { kind: 'end', replica: 'web-1', because: 'did not get ready within 30 s: GET /health answered 503' },
    ]);
  });

  test('one that fails its liveness three times is ended', () => {
    const failing = { ok: false, because: 'GET /live answered 500' } as const;
    const twice = facts.probedLiveness(facts.probedLiveness(ready(1), failing), failing);
    const one = group({ wanted: 1, spec: spec({ liveness: '/live' }) });
    expect(decided([one], [twice])).toEqual([]);
    expect(decide([one], [facts.probedLiveness(twice, failing)], 0).actions).toEqual([
      { kind: 'end', replica: 'web-1', because: 'GET /live answered 500, 3 times in a row' },
    ]);
  });

  test('changed settings replace one at a time, the old one going when the new one is ready', () => {
    const now = group({ program: 'p2' });
    const old = [ready(1), ready(2)];
    expect(decided([now], old)).toEqual(['begin']);
    expect(decided([now], [...old, alive(3, { program: 'p2' })])).toEqual([]);
    expect(decided([now], [...old, ready(3, { program: 'p2' })])).toEqual(['retire web-2', 'begin']);
  });

  test('a worker begins when the last of the other release has ended', () => {
    const worker = serviceName.parse('worker');
    const now = group({ service: worker, release: releases[1], wanted: 1, spec: spec({ name: worker, route: null }) });
    const elder = ready(1, { service: worker });
    expect(decided([now], [elder])).toEqual(['retire web-1']);
    expect(decided([now], [facts.draining(elder, 'told to')])).toEqual([]);
    expect(decided([now], [])).toEqual(['begin']);
  });
});

describe('whatever is there', () => {
  const program = fc.constantFrom('p1', 'p2');
  const life = fc.constantFrom('waiting', 'alive', 'ready', 'draining');
  const replicas = fc
    .array(
      fc.record({ program, life, release: fc.constantFrom(...releases), slot: fc.constantFrom('blue', 'green') }),
      { maxLength: 8 },
    )
    .map((all) => all.map(({ life, ...rest }, index) => inLife(life, index + 1, rest)));
  const wanted = fc.nat(4);

  const inLife = (life: string, number: number, change: Partial<Facts>): Facts => {
    if (life === 'alive') return alive(number, change);
    if (life === 'ready') return ready(number, change);
    return life === 'draining' ? facts.draining(ready(number, change), 'told to') : begun(number, change);
  };

  test('it comes to what is wanted and then rests, and replacing never takes ready replicas below what is wanted', () => {
    fc.assert(
      fc.property(replicas, wanted, (before, count) => {
        const now = group({ wanted: count });
        const mine = (all: readonly Facts[]) =>
          all.filter((one) => one.slot === now.slot && one.release === now.release && facts.stays(one));
        const readyOf = (all: readonly Facts[]) => mine(all).filter(facts.isReady).length;
        const floor = Math.min(count, readyOf(before));
        let all: readonly Facts[] = before;
        for (let round = 0; ; round += 1) {
          const { actions } = decide([now], all, 0);
          const next = simulate(all, actions, 100 * (round + 1));
          expect(readyOf(next)).toBeGreaterThanOrEqual(floor);
          if (actions.length === 0 && next.length === all.length && next.every((one, index) => one === all[index]))
            break;
          expect(round).toBeLessThan(40);
          all = next;
        }
        expect(all.length).toBe(count);
        expect(all.every((one) => facts.isReady(one) && one.program === 'p1')).toBe(true);
      }),
    );
  });

  test('it never begins more than one beyond what is wanted', () => {
    fc.assert(
      fc.property(replicas, wanted, (before, count) => {
        const now = group({ wanted: count });
        const { actions } = decide([now], before, 0);
        const after = simulate(before, actions, 100).filter(
          (one) => facts.stays(one) && one.slot === now.slot && one.release === now.release,
        );
        const mine = before.filter((one) => facts.stays(one) && one.slot === now.slot && one.release === now.release);
        expect(after.length).toBeLessThanOrEqual(Math.max(count + 1, mine.length));
      }),
    );
  });

  /** Every effect succeeds, and each replica takes one step: launched ones get ready, draining ones leave. */
  const simulate = (all: readonly Facts[], actions: readonly Action[], firstNumber: number): readonly Facts[] => {
    const byReplica = new Map(actions.flatMap((one) => ('replica' in one ? [[one.replica, one] as const] : [])));
    const stepped = all.flatMap((one) => {
      const action = byReplica.get(one.id);
      if (action?.kind === 'retire') return [facts.draining(one, action.because)];
      if (action?.kind === 'launch') return [facts.launched(one, 1, 1, 0)];
      if (one.life.is === 'draining') return [];
      return [facts.probed(one, { ok: true }, 0)];
    });
    const fresh = actions.flatMap((one, index) =>
      one.kind === 'begin' ? [facts.begun({ ...one, id: `web-${firstNumber + index}` })] : [],
    );
    return [...stepped, ...fresh];
  };
});
