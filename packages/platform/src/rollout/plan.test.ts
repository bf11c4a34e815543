import type { StrategyName } from '@plumbline/contract/delivery';
import { releaseId, type ServiceName, serviceName } from '@plumbline/contract/names';
import type { Shape } from '@plumbline/contract/shape';
import { otherSlot } from '@plumbline/contract/shape';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planRollout } from './plan.ts';
import type { RolloutOrder, RolloutStep } from './walk.ts';
import { planWayBack } from './way-back.ts';

const api = serviceName.parse('api');
const web = serviceName.parse('web');
const worker = serviceName.parse('worker');
const old = releaseId.parse('r-000000000001');
const fresh = releaseId.parse('r-000000000002');

const order = (given: Partial<RolloutOrder> = {}): RolloutOrder => ({
  release: fresh,
  replicas: { [api]: 2, [web]: 2 },
  routed: [api, web],
  withAssets: [web],
  canary: { cohort: null, steps: [5, 25, 100].map((weightPercent) => ({ weightPercent, pause: false })) },
  present: {
    stable: 'blue',
    slots: { blue: { release: old, replicas: { [api]: 2, [web]: 2 } }, green: null },
    candidateWeightPercent: 0,
  },
  ...given,
});

const brief = (steps: readonly RolloutStep[]) =>
  steps.map(({ name, shape: { stable, slots, candidateWeightPercent } }) =>
    [name, stable, counts(slots.blue), counts(slots.green), candidateWeightPercent].join(' '),
  );
const counts = (content: Shape['slots']['blue']) => (content ? Object.values(content.replicas).join('/') : '-');

describe('rolling', () => {
  test('adds one replica, lets the weight follow, retires one, and keeps one that serves the old assets', () => {
    expect(brief(planRollout('rolling', order()))).toEqual([
      'fill 1 of 2 blue 2/2 1/1 0',
      'retire 1 of 2 blue 1/1 1/1 50',
      'fill 2 of 2 blue 1/1 2/2 50',
      'retire 2 of 2 blue 0/1 2/2 100',
      'promote green - 2/2 0',
    ]);
  });

  test('tries the candidate before it has any visitor, and only then', () => {
    const steps = planRollout('rolling', order());
    expect(steps.map(({ smoke }) => smoke)).toEqual([true, false, false, false, false]);
    expect(steps[0]?.shape.candidateWeightPercent).toBe(0);
  });
});

test('blue-green fills the other slot, switches at once and keeps the old one whole until the promotion', () => {
  expect(brief(planRollout('blue-green', order()))).toEqual([
    'fill blue 2/2 2/2 0',
    'switch blue 2/2 2/2 100',
    'promote green - 2/2 0',
  ]);
});

test('the first release of an environment fills the empty slot, whatever the strategy', () => {
  expect(brief(planRollout('blue-green', order({ present: null })))).toEqual([
    'fill green 2/2 - 0',
    'open green 2/2 - 100',
    'promote blue 2/2 - 0',
  ]);
});

test('a worker runs in the stable slot alone: the old one until the promotion, the new one from then on', () => {
  const steps = planRollout(
    'rolling',
    order({
      replicas: { [api]: 1, [worker]: 2 },
      routed: [api],
      withAssets: [],
      present: {
        stable: 'blue',
        slots: { blue: { release: old, replicas: { [api]: 1, [worker]: 2 } }, green: null },
        candidateWeightPercent: 0,
      },
    }),
  );
  expect(
    steps.slice(0, -1).map(({ shape }) => [shape.slots.blue?.replicas[worker], shape.slots.green?.replicas[worker]]),
  ).toEqual([
    [2, undefined],
    [2, undefined],
  ]);
  expect(steps.at(-1)?.shape.slots.green?.replicas).toEqual({ [api]: 1, [worker]: 2 });
});

describe('canary', () => {
  const big = order({
    replicas: { [api]: 4, [web]: 2 },
    present: {
      stable: 'blue',
      slots: { blue: { release: old, replicas: { [api]: 4, [web]: 2 } }, green: null },
      candidateWeightPercent: 0,
    },
  });

  test('fills what the first share needs, lets replicas follow the weight, and keeps the live release whole', () => {
    expect(brief(planRollout('canary', big))).toEqual([
      'fill blue 4/2 1/1 0',
      '5 % blue 4/2 1/1 5',
      '25 % blue 4/2 1/1 25',
      '100 % blue 4/2 4/2 100',
      'promote green - 4/2 0',
    ]);
  });

  test('needs a verdict at every share, and a person where the description says so', () => {
    const climb = [
      { weightPercent: 10, pause: true },
      { weightPercent: 100, pause: false },
    ];
    const steps = planRollout('canary', { ...big, canary: { cohort: null, steps: climb } });
    expect(steps.map(({ judged, pause }) => [judged, pause])).toEqual([
      [false, false],
      [true, true],
      [true, false],
      [false, false],
    ]);
  });

  test('gives the candidate to a cohort first, which keeps it to the end', () => {
    const who = { by: 'header', name: 'x-tester', value: 'yes' } as const;
    const canary = { cohort: { who, pause: true }, steps: [{ weightPercent: 100, pause: false }] };
    const steps = planRollout('canary', { ...big, canary });
    expect(steps.map(({ name, pause, shape }) => [name, pause, shape.cohort ?? null])).toEqual([
      ['fill', false, null],
      ['cohort', true, who],
      ['100 %', false, who],
      ['promote', false, null],
    ]);
  });

  test('goes back without starting anything, from every share', () => {
    const steps = planRollout('canary', big).slice(0, -1);
    expect(brief(planWayBack(big, shapeAt(steps, 0)))).toEqual(['leave blue 4/2 - 0']);
    for (const { shape } of steps.slice(1))
      expect(brief(planWayBack(big, shape))).toEqual(['take back blue 4/2 0/1 0', 'leave blue 4/2 - 0']);
  });
});

test('a strategy that is not there is refused with those that are', () => {
  const unknown = JSON.parse('"shadow"');
  expect(() => planRollout(unknown, order())).toThrow('no strategy "shadow"');
});

describe('the way back', () => {
  test('takes the visitors at once while the live slot is whole, and keeps what serves the assets of open pages', () => {
    const back = planWayBack(order(), shapeAt(planRollout('blue-green', order()), 1));
    expect(brief(back)).toEqual(['take back blue 2/2 0/1 0', 'leave blue 2/2 - 0']);
    expect(back.map(({ lingerMs }) => lingerMs)).toEqual([3_000, undefined]);
  });

  test.each([
    ['has no hashed assets', order({ withAssets: [] }), 1],
    ['never had a visitor', order(), 0],
  ])('is one step for a candidate that %s', (_, given, step) => {
    const { shape } = planRollout('blue-green', given)[step] ?? {};
    if (!shape) throw new Error('the plan is shorter');
    expect(brief(planWayBack(given, shape))).toEqual(['leave blue 2/2 - 0']);
  });

  test('of new settings for the live release leaves no page without its assets', () => {
    const same = order({ release: old });
    expect(brief(planWayBack(same, shapeAt(planRollout('blue-green', same), 1)))).toEqual(['leave blue 2/2 - 0']);
  });

  test.each([3, 4])(
    'of a rolling step %i starts retired replicas before it takes visitors from the candidate',
    (at) => {
      expect(brief(planWayBack(order(), shapeAt(planRollout('rolling', order()), at)))).toEqual([
        'restore blue 2/2 2/2 100',
        'take back blue 2/2 0/1 0',
        'leave blue 2/2 - 0',
      ]);
    },
  );

  test('of a first release leaves the environment empty', () => {
    const first = order({ present: null });
    expect(brief(planWayBack(first, shapeAt(planRollout('rolling', first), 1)))).toEqual(['leave green - - 0']);
  });
});

describe('whatever the replicas', () => {
  const size = fc.integer({ min: 1, max: 9 });
  const orders = fc
    .record({
      oldApi: size,
      oldWeb: size,
      newApi: size,
      newWeb: size,
      strategy: fc.constantFrom('rolling' as const, 'blue-green' as const, 'canary' as const),
      canary: fc
        .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 })

        .map((weights) => ({
          cohort: null,
          steps: [...weights.sort((a, b) => a - b), 100].map((weightPercent) => ({ weightPercent, pause: false })),
        })),
    })
    .map(({ oldApi, oldWeb, newApi, newWeb, strategy, canary }) => ({
      strategy,
      full: { [api]: Math.min(oldApi, newApi), [web]: Math.min(oldWeb, newWeb) },
      order: order({
        replicas: { [api]: newApi, [web]: newWeb },
        canary,
        present: {
          stable: 'green',
          slots: { blue: null, green: { release: old, replicas: { [api]: oldApi, [web]: oldWeb } } },
          candidateWeightPercent: 0,
        },
      }),
    }));

  test('the weight never exceeds the share of replicas that are wanted on that side', () => {
    fc.assert(
      fc.property(orders, ({ order: given, strategy }) => {
        const shapes = planRollout(strategy, given).map(({ shape }) => shape);
        for (const shape of shapes)
          expect(shape.candidateWeightPercent).toBeLessThanOrEqual(mostWeight(shape, strategy));
      }),
    );
  });

  test('both slots together never have fewer replicas than the smaller of old and new', () => {
    fc.assert(
      fc.property(orders, ({ order: given, strategy, full }) => {
        for (const { shape } of planRollout(strategy, given))
          for (const service of [api, web]) expect(inAll(shape, service)).toBeGreaterThanOrEqual(full[service] ?? 0);
      }),
    );
  });

  test('a canary has the replicas for its weight, and the live release keeps all of its own', () => {
    fc.assert(
      fc.property(orders, ({ order: given }) => {
        for (const { shape } of planRollout('canary', given).slice(0, -1))
          for (const service of [api, web]) {
            const wanted = ((given.replicas[service] ?? 0) * shape.candidateWeightPercent) / 100;
            expect(shape.slots.blue?.replicas[service]).toBeGreaterThanOrEqual(wanted);
            expect(shape.slots.green).toEqual(given.present?.slots.green);
          }
      }),
    );
  });

  test('rolling has at most one replica of a service more than the larger of old and new', () => {
    fc.assert(
      fc.property(orders, ({ order: given }) => {
        for (const { shape } of planRollout('rolling', given))
          for (const service of [api, web]) {
            const larger = Math.max(given.replicas[service] ?? 0, given.present?.slots.green?.replicas[service] ?? 0);
            expect(inAll(shape, service)).toBeLessThanOrEqual(larger + 1);
          }
      }),
    );
  });

  test('the weight only rises, and every plan ends with the candidate stable and alone', () => {
    fc.assert(
      fc.property(orders, ({ order: given, strategy }) => {
        const steps = planRollout(strategy, given);
        const weights = steps.slice(0, -1).map(({ shape }) => shape.candidateWeightPercent);
        expect(weights).toEqual([...weights].sort((a, b) => a - b));
        expect(weights.at(-1)).toBe(100);
        expect(steps.at(-1)?.shape).toEqual({
          stable: 'blue',
          slots: { blue: { release: fresh, replicas: given.replicas }, green: null },
          candidateWeightPercent: 0,
        });
      }),
    );
  });

  test('from every step the way back ends with the live release whole and alone, and never gives the candidate more', () => {
    fc.assert(
      fc.property(orders, ({ order: given, strategy }) => {
        for (const { shape } of planRollout(strategy, given)) {
          const back = planWayBack(given, shape);
          expect(back.at(-1)?.shape).toEqual(given.present);
          const weights = back.map((step) => step.shape.candidateWeightPercent);
          expect(weights).toEqual([...weights].sort((a, b) => b - a));
          if (shape.stable === 'green') expect(weights[0]).toBeLessThanOrEqual(shape.candidateWeightPercent);
        }
      }),
    );
  });
});

const inAll = (shape: Shape, service: ServiceName) =>
  (shape.slots.blue?.replicas[service] ?? 0) + (shape.slots.green?.replicas[service] ?? 0);

/** A warm old slot may stay whole at any weight; a rolling one gives up what it no longer serves. */
const mostWeight = (shape: Shape, strategy: StrategyName) => {
  const share = Math.min(shareOf(shape, api), shareOf(shape, web));
  const isWalking = strategy === 'rolling' && shape.candidateWeightPercent < 100;
  return isWalking || share === 0 ? Math.ceil(100 * share) : 100;
};

const shareOf = (shape: Shape, service: ServiceName) =>
  (shape.slots[otherSlot(shape.stable)]?.replicas[service] ?? 0) / Math.max(1, inAll(shape, service));

const shapeAt = (steps: readonly RolloutStep[], index: number): Shape => {
  const step = steps[index];
  if (!step) throw new Error(`the plan has no step ${index}`);
  return step.shape;
};
