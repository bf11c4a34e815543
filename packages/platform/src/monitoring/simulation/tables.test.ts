import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Outcomes, simulateAll, tablesOf, withTables } from './tables.ts';

const page = new URL('../../../../../docs/verdicts.md', import.meta.url);

describe('whole rollouts of two services with uneven traffic, with a bake of 5,000 requests', () => {
  const all = simulateAll();
  const of = (failingPercent: number, slowPercent = 0): Outcomes => {
    const found = all.find((one) => one.failingPercent === failingPercent && one.slowPercent === slowPercent);
    if (found === undefined) throw new Error(`nothing was simulated for ${failingPercent} % and ${slowPercent} %`);
    return found;
  };
  const margin = (share: number, runs: number) => 3 * Math.sqrt((share * (1 - share)) / runs);

  test('a candidate at the edge of both thresholds is aborted in 1 of 100 rollouts at most', () => {
    const { aborts, runs } = of(1, 1);
    expect(aborts / runs).toBeLessThan(0.01 + margin(0.01, runs));
    expect(of(1).aborts / of(1).runs).toBeLessThan(0.005 + margin(0.005, runs));
  });

  test('a candidate that fails 5 % is aborted in 95 of 100 rollouts at least, usually within a minute', () => {
    const { aborts, runs, seconds } = of(5);
    expect(aborts / runs).toBeGreaterThan(0.95 + margin(0.95, runs));
    expect(seconds?.[0]).toBeLessThanOrEqual(60);
    expect(seconds?.[1]).toBeLessThanOrEqual(150);
  });

  test('a candidate that fails everything is aborted within two looks, after five requests', () => {
    expect(of(100)).toMatchObject({ aborts: of(100).runs, requests: [5, 5], seconds: [2, 2] });
  });

  test('a candidate without failures is never aborted nor held, and passes when each service got its requests', () => {
    expect(of(0)).toMatchObject({ aborts: 0, held: 0 });
    expect(of(0).firstPass).toBeLessThan(180);
  });

  test('a candidate that fails more is aborted more often', () => {
    const shares = [0, 0.5, 1, 2, 3, 4, 5, 10, 100].map((failing) => of(failing).aborts / of(failing).runs);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  test('the tables in the documentation are what the code gives: `write-tables.js` writes them', async () => {
    const text = await readFile(page, 'utf8');
    expect(withTables(text, tablesOf(all))).toBe(text);
  });
});
