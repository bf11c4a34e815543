import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rehearse } from './rehearse.ts';
import type { Death, Fault, Said, Scenario } from './scenario.ts';
import { api, type Given, old, rehearsal, scenario, web } from './testing/rehearsals.ts';

const strategies = ['rolling', 'blue-green', 'canary'] as const;

/** A bake in which both services get enough requests, and no more. */
const short = { bakeMs: 20_000 };

describe('whatever is supposed', () => {
  const times = fc.integer({ min: 0, max: 120_000 });
  const share = fc.constantFrom(0, 0.001, 0.01, 0.03, 0.05, 0.2, 1);
  const phases = fc.array(
    fc.record({
      fromWeightPercent: fc.constantFrom(0, 10, 50, 100),
      afterMs: fc.integer({ min: 0, max: 30_000 }),
      failing: share,
      slow: fc.constantFrom(0, 0, 0.2),
    }),
    { maxLength: 2 },
  );
  const start = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('gets-ready' as const), afterMs: fc.integer({ min: 0, max: 90_000 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'never-ready' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('crashes' as const), afterMs: fc.integer({ min: 0, max: 5_000 }) }),
    },
  );
  const lasting = fc.record({
    kind: fc.constantFrom('counts-missing' as const, 'counts-stand-still' as const, 'target-away' as const),
    atMs: times,
    forMs: fc.integer({ min: 1_000, max: 60_000 }),
  });
  const dying = fc.record({
    kind: fc.constant('replicas-die' as const),
    atMs: times,
    side: fc.constantFrom('stable' as const, 'candidate' as const),
    service: fc.constantFrom(api, web, null),
    count: fc.integer({ min: 1, max: 3 }),
    forGood: fc.boolean(),
  });
  const faults: fc.Arbitrary<Fault[]> = fc.array(fc.oneof(lasting, dying), { maxLength: 3 });
  const people: fc.Arbitrary<Said[]> = fc.array(
    fc.record({
      what: fc.constantFrom('abort' as const, 'proceed' as const, 'supersede' as const),
      afterMs: times,
      step: fc.constantFrom(null, '25 %', 'switch', 'retire 1 of 2', 'promote'),
    }),
    { maxLength: 2 },
  );
  const deaths: fc.Arbitrary<Death[]> = fc.array(
    fc.record({
      at: fc.oneof(fc.record({ ms: times }), fc.record({ boundary: fc.integer({ min: 1, max: 60 }) })),
      backAfterMs: fc.integer({ min: 0, max: 20_000 }),
      actsLateMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
    }),
    { maxLength: 3 },
  );
  const scenarios: fc.Arbitrary<Scenario> = fc
    .record({
      requestsPerSecond: fc.record({ [api]: fc.constantFrom(0, 5, 40), [web]: fc.constantFrom(0, 10) }),
      candidate: fc.record({ start, phases }),
      stable: fc.record({ start: fc.constant({ kind: 'gets-ready' as const, afterMs: 2_000 }), phases }),
      probes: fc.constantFrom('none' as const, 'like-visitors' as const, 'always-well' as const),
      smoke: fc.record({
        passes: fc.constantFrom(true, true, true, false),
        takesMs: fc.integer({ min: 0, max: 5_000 }),
      }),
      faults,
      people,
      deaths,
    })
    .map(scenario);
  const size = fc.integer({ min: 1, max: 5 });
  const givens: fc.Arbitrary<Given> = fc
    .record({
      strategy: fc.constantFrom(...strategies),
      before: fc.record({ [api]: size, [web]: size }),
      after: fc.record({ [api]: size, [web]: size }),
      isFirst: fc.constantFrom(false, false, false, false, true),
      pauseAt: fc.constantFrom(null, null, 1),
      atDeadline: fc.constantFrom('ask' as const, 'go-on' as const),
      scenario: scenarios,
    })
    .map(({ strategy, before, after, isFirst, pauseAt, atDeadline, scenario: supposed }) => {
      const slots = { blue: { release: old, replicas: before }, green: null };
      return {
        strategy,
        scenario: supposed,
        order: {
          replicas: after,
          present: isFirst ? null : { stable: 'blue' as const, slots, candidateWeightPercent: 0 },
          canary: {
            cohort: null,
            steps: [10, 50, 100].map((weightPercent, index) => ({ weightPercent, pause: index === pauseAt })),
          },
        },
        rest: { ...short, rules: { verdictWithinMs: 60_000, atDeadline } },
      };
    });

  test('every rollout ends, no invariant breaks, and stable or the candidate is left whole', async () => {
    await fc.assert(
      fc.asyncProperty(givens, fc.integer(), async (given, seed) => {
        const end = await rehearse(rehearsal(given), { seed });
        expect(end.broken).toEqual([]);
        expect(end.outcome).not.toBe('endless');
      }),
      { numRuns: 1_000 },
    );
  });
});
