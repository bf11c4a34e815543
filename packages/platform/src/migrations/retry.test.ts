import { expect, test } from 'vitest';
import { pauseBefore, retries } from './retry.ts';

test('a table in use is tried again after pauses that grow, with chance in them, up to a cap', () => {
  const pauses = (chance: number) =>
    Array.from({ length: retries.attempts }, (_, index) =>
      pauseBefore({ attempt: index + 1, sqlState: '55P03', chance }),
    );
  expect(pauses(1)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000, null]);
  expect(pauses(0)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000, null]);
});

test.each([
  ['40P01', 500],
  ['57014', null],
  ['42P07', null],
  [null, null],
])('what PostgreSQL says as %s is waited for: %s', (sqlState, pause) => {
  expect(pauseBefore({ attempt: 1, sqlState, chance: 1 })).toBe(pause);
});
