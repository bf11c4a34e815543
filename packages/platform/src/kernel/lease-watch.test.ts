import { expect, test } from 'vitest';
import { isGone, observe } from './lease-watch.ts';

test.each([
  [[1_000, 2_000, 3_000, 4_000, 5_000], false],
  [[1_000, 2_000, 3_000, 4_000, 5_000, 5_001], true],
  [[60_000], false],
  [[60_000, 120_000], false],
  [[60_000, 120_000, 180_000], true],
])('looks at %j ms that find the same count make it gone: %s', (looks, gone) => {
  const found = { epoch: 1, renewals: 7, ended: false };
  let seen = observe(found, undefined, 0, 5_000);
  for (const at of looks) seen = observe(found, seen, at, 5_000);
  expect(isGone(seen, 5_000)).toBe(gone);
});
