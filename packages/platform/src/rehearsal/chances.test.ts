import { describe, expect, test } from 'vitest';
import { rehearse } from './rehearse.ts';
import { failing, rehearsal } from './testing/rehearsals.ts';

const runs = 400;

/** How many of the runs went back because the candidate failed. */
const caught = async (share: number): Promise<number> => {
  const one = rehearsal({ scenario: { candidate: failing(share), stable: failing(0.001) }, rest: neverAsks });
  let count = 0;
  for (let seed = 0; seed < runs; seed++) if ((await rehearse(one, { seed })).outcome === 'failed') count++;
  return count;
};

/** A step without a verdict goes on, so that every run comes to the end of its bake. */
const neverAsks = { rules: { verdictWithinMs: 300_000, atDeadline: 'go-on' } } as const;

/** Three standard errors above a chance. */
const most = (chance: number): number => runs * chance + 3 * Math.sqrt(runs * chance * (1 - chance));

describe('over a whole canary delivery with a bake of 5,000 requests', () => {
  test('a healthy candidate, at 1 % errors, is aborted in at most 1 of 100 runs', async () => {
    expect(await caught(0.01)).toBeLessThanOrEqual(most(0.01));
  });

  test('a candidate at 5 % errors is caught in at least 95 of 100 runs', async () => {
    expect(runs - (await caught(0.05))).toBeLessThanOrEqual(most(0.05));
  });
});
