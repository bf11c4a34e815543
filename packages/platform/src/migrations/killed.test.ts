import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KillingGround, killAtAnswers, openKillingGround } from './testing/kills.ts';

let ground: KillingGround;
beforeAll(async () => {
  ground = await openKillingGround();
});
afterAll(() => ground.close());

// The scenario migration-kills meets every answer of PostgreSQL; here each tenth, others for the runner than for a backend.
test.each([
  ['its runner is dead', 'all', 1],
  ['a backend is dead', 'one', 6],
] as const)(
  'a batch of every kind of file that is cut off because %s ends right by the next run, and nothing has taken effect twice',
  async (_, what, from) => {
    const { whole, answers, kills, wrong } = await killAtAnswers(ground, what, { every: 10, from });
    expect(whole.ledger?.map((row) => row.what)).toEqual(['1', '2a', '2b', '3', '5']);
    expect(whole.people).toEqual([{ locale: 'en', filled: 1, count: 25 }]);
    expect(wrong).toEqual([]);
    console.info(`${kills} kills, ${answers} boundaries, ${what === 'all' ? 'of the runner' : 'of a backend'}`);
    expect(kills).toBeGreaterThan(answers / 20);
  },
  60_000,
);
