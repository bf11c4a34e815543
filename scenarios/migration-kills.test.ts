import { type KillingGround, killAtAnswers, openKillingGround } from '@plumbline/platform/migrations/testing/kills';
import { afterAll, beforeAll, expect, test } from 'vitest';

let ground: KillingGround;
beforeAll(async () => {
  ground = await openKillingGround();
}, 60_000);
afterAll(() => ground.close(), 60_000);

test.each(['all', 'one'] as const)(
  'a mixed batch that is cut off at every answer of PostgreSQL (%s connection) ends right by the next run',
  async (what) => {
    const { answers, kills, wrong } = await killAtAnswers(ground, what, { every: 1, from: 1 });
    expect(wrong).toEqual([]);
    console.info(`${kills} kills at ${answers} boundaries`);
    expect(kills).toBeGreaterThan(100);
  },
  300_000,
);
