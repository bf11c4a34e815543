import { expect, test } from 'vitest';
import { declaredPhase } from './declared-phase.ts';

test.each([
  ["export const phase = 'expand';", 'expand'],
  ['import x from \'y\';\nexport const phase: Phase = "contract" as const;', 'contract'],
  ['exports.phase = `backfill`;', 'backfill'],
  ["module.exports.phase = 'expand';", 'expand'],
  ["// phase = 'contract'\nexports.up = () => {};", null],
  ['exports.up = () => {};', null],
])('%s declares %s', (text, phase) => {
  expect(declaredPhase('1.js', text)).toBe(phase);
});

test('a phase that there is not is refused, with those that there are', () => {
  expect(() => declaredPhase('1.js', "export const phase = 'shrink';")).toThrow(
    expect.objectContaining({
      message: '1.js declares the phase "shrink", which there is not',
      hint: "export const phase = 'expand' or 'backfill' or 'contract'",
    }),
  );
});
