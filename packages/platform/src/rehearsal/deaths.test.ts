import { describe, expect, test } from 'vitest';
import { type Rehearsed, rehearse } from './rehearse.ts';
import type { Death } from './scenario.ts';
import { failing, type Given, rehearsal } from './testing/rehearsals.ts';

const busy = { requestsPerSecond: { api: 400, web: 100 } };
const short = { bakeMs: 10_000 };
const bad = failing(1, { fromWeightPercent: 50 });

const scenarios: readonly (readonly [string, Rehearsed['outcome'], Given])[] = [
  ['a rolling rollout', 'succeeded', { strategy: 'rolling', scenario: busy, rest: short }],
  ['a blue-green rollout', 'succeeded', { strategy: 'blue-green', scenario: busy, rest: short }],
  ['a canary', 'succeeded', { scenario: busy, rest: short }],
  ['a canary that fails at 50 %', 'failed', { scenario: { ...busy, candidate: bad }, rest: short }],
  ['a rolling rollout that fails half way', 'failed', { strategy: 'rolling', scenario: { ...busy, candidate: bad } }],
  [
    'an abort of a canary at 25 %',
    'aborted',
    { scenario: { ...busy, people: [{ what: 'abort', step: '25 %', afterMs: 500 }] }, rest: short },
  ],
  [
    'an abort after 100 %, with the old replicas retired',
    'aborted',
    { strategy: 'rolling', scenario: { ...busy, people: [{ what: 'abort', step: 'retire 2 of 2', afterMs: 4_000 }] } },
  ],
];

const death = (boundary: number, actsLateMs: number | null): Death => ({
  at: { boundary },
  backAfterMs: 1_000,
  actsLateMs,
});

describe('a control plane that dies at every boundary of', () => {
  test.each(scenarios)('%s comes to the same end, and no step takes effect twice', async (_, outcome, given) => {
    const run = (deaths: readonly Death[]) => {
      const one = rehearsal({ ...given, scenario: { ...given.scenario, deaths } });
      return rehearse(one, { seed: 1 });
    };
    const undisturbed = await run([]);
    expect(undisturbed).toMatchObject({ outcome, broken: [] });
    for (let boundary = 1; boundary <= undisturbed.boundaries; boundary++)
      for (const [what, deaths] of [
        ['once', [death(boundary, null)]],
        ['twice', [death(boundary, null), death(boundary + 2, null)]],
        ['and acts late, before the next one does', [death(boundary, 500)]],
        ['and acts late, when the next one is on its way', [death(boundary, 5_000)]],
        ['and acts late, when all is over', [death(boundary, 600_000)]],
      ] as const) {
        const end = await run(deaths);
        expect(endOf(end), `died at boundary ${boundary} of ${undisturbed.boundaries}, ${what}`).toEqual(
          endOf(undisturbed),
        );
      }
    console.info(`died five ways at each of ${undisturbed.boundaries} boundaries`);
  });
});

/** What must not depend on deaths: the end, and each step's effect once. */
const endOf = ({ outcome, broken, arrivals }: Rehearsed) => ({
  outcome,
  broken,
  effects: arrivals.filter(({ effect }) => effect === 'changed').map(({ step }) => step),
});
