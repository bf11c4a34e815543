import { z } from 'zod';

const millisecondsOf = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  week: 604_800_000,
};

const pattern = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d|seconds?|minutes?|hours?|days?|weeks?)$/;

const words = 'must be a length of time, like 30s, 10m, 2h or 7 days';

/** A length of time as people write it: `30s`, `10m`, `1.5h`, `7 days`; `0` alone needs no unit. */
export const duration = z.union([z.string().regex(pattern, words), z.literal(0)], { error: words });

/** Whole milliseconds of what `duration` has let through. */
export const durationMs = (written: string | 0): number => {
  const match = pattern.exec(String(written));
  if (!match) return 0;
  const [, amount, unit = ''] = match;
  return Math.round(Number(amount) * unitMs(unit));
};

const unitMs = (unit: string): number => {
  if (unit === 'ms') return millisecondsOf.ms;
  if (unit.startsWith('week')) return millisecondsOf.week;
  if (unit.startsWith('d')) return millisecondsOf.d;
  if (unit.startsWith('h')) return millisecondsOf.h;
  return unit.startsWith('m') ? millisecondsOf.m : millisecondsOf.s;
};
