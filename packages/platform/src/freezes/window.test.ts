import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { days, type FrozenTime, frozenUntil, opensAt, type WeekSpan } from './window.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const losAngeles = 'America/Los_Angeles';
const berlin = 'Europe/Berlin';

const weekly = (...spans: readonly (readonly [from: string, until: string])[]): FrozenTime => ({
  kind: 'weekly',
  spans: spans.map(([from, until]) => ({ from: weekTime(from), until: weekTime(until) })),
});
const weekTime = (text: string) => {
  const [word, time = ''] = text.split(' ');
  const day = days.find((one) => one === word);
  if (!day) throw new Error(`${word} is no day`);
  return { day, time };
};
const endIn = (zone: string, when: FrozenTime, at: string): string | null => {
  const until = frozenUntil(when, zone, Date.parse(at));
  return until === null ? null : new Date(until).toISOString();
};

describe('a weekend', () => {
  const weekend = weekly(['fri 16:00', 'mon 08:00']);

  test.each([
    ['before it begins', '2026-11-27T23:59:00Z', null],
    ['when it begins', '2026-11-28T00:00:00Z', '2026-11-30T16:00:00.000Z'],
    ['on Sunday', '2026-11-29T12:00:00Z', '2026-11-30T16:00:00.000Z'],
    ['in its last minute', '2026-11-30T15:59:00Z', '2026-11-30T16:00:00.000Z'],
    ['when it ends', '2026-11-30T16:00:00Z', null],
    ['when the clock was put back in it', '2026-10-31T12:00:00Z', '2026-11-02T16:00:00.000Z'],
    ['when the clock was put forward in it', '2026-03-07T12:00:00Z', '2026-03-09T15:00:00.000Z'],
  ])('%s', (_, at, expected) => {
    expect(endIn(losAngeles, weekend, at)).toBe(expected);
  });
});

describe('an hour that the clock shows twice', () => {
  const night = weekly(['sun 01:15', 'sun 01:45']);

  test('is frozen from its first beginning to its last end', () => {
    expect(endIn(losAngeles, night, '2026-11-01T08:15:00Z')).toBe('2026-11-01T09:45:00.000Z');
    expect(endIn(losAngeles, night, '2026-11-01T09:00:00Z')).toBe('2026-11-01T09:45:00.000Z');
    expect(endIn(losAngeles, night, '2026-11-01T08:14:00Z')).toBeNull();
    expect(endIn(losAngeles, night, '2026-11-01T09:45:00Z')).toBeNull();
  });
});

describe('an hour that the clock skips', () => {
  test('ends what would end in it, and begins what would begin in it', () => {
    expect(endIn(berlin, weekly(['sun 01:00', 'sun 02:30']), '2026-03-29T00:30:00Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(endIn(berlin, weekly(['sun 02:30', 'sun 05:00']), '2026-03-29T01:00:00Z')).toBe('2026-03-29T03:00:00.000Z');
  });

  test('freezes nothing that lies in it as a whole', () => {
    expect(endIn(berlin, weekly(['sun 02:10', 'sun 02:50']), '2026-03-29T01:00:00Z')).toBeNull();
  });
});

/** What the clock of a zone shows, by Intl and not by Temporal: `2026-11-01 01:15`. */
const wallClock = (zone: string) => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (at: number): string => format.format(at).replace(', ', ' ');
};

/** Every minute of some days with what the clock shows, computed once for all runs. */
const minutesOf = (zone: string, from: string, count: number) => {
  const shows = wallClock(zone);
  const first = Date.parse(from);
  return Array.from({ length: count * 24 * 60 }, (_, minute) => {
    const at = first + minute * minuteMs;
    return { at, wall: shows(at) };
  });
};

/** The days of a span by plain calendar arithmetic: each date of its weekday, with the date on which it ends. */
const occurrences = ({ from, until }: WeekSpan, dates: readonly string[]) =>
  dates
    .filter((date) => (new Date(date).getUTCDay() + 6) % 7 === days.indexOf(from.day))
    .map((date) => {
      const length = (days.indexOf(until.day) - days.indexOf(from.day) + 7) % 7;
      const later = length === 0 && until.time <= from.time ? 7 : length;
      const end = new Date(Date.parse(date) + later * dayMs).toISOString().slice(0, 10);
      return { from: `${date} ${from.time}`, until: `${end} ${until.time}` };
    });

/** Minute by minute: frozen from the first one that shows `from` or more to the last one that shows `until` or had not reached it. */
const bruteForce = (span: WeekSpan, minutes: ReturnType<typeof minutesOf>): ReadonlySet<number> => {
  const dates = [...new Set(minutes.map(({ wall }) => wall.slice(0, 10)))];
  return new Set(
    occurrences(span, dates).flatMap(({ from, until }) => {
      const begin = minutes.findIndex(({ wall }) => wall >= from);
      const last = minutes.findLastIndex(({ wall }) => wall <= until);
      const end = minutes[last]?.wall === until ? last : last + 1;
      return begin < 0 ? [] : minutes.slice(begin, end).map(({ at }) => at);
    }),
  );
};

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 29, 30, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
/** Half of them in the hours at which clocks are changed. */
const nightTime = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 1, 29, 30, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const weekTimes = fc.record({ day: fc.constantFrom(...days), time: fc.oneof(time, nightTime) });
const span = fc
  .record({ from: weekTimes, until: weekTimes })
  .filter(({ from, until }) => from.day !== until.day || from.time !== until.time);

describe.each([
  ['the clock is put forward in Los Angeles', losAngeles, '2026-02-21T00:00:00Z'],
  ['the clock is put back in Los Angeles', losAngeles, '2026-10-17T00:00:00Z'],
  ['the clock is put forward in Berlin', berlin, '2026-03-14T00:00:00Z'],
  ['the clock is put back in Berlin', berlin, '2026-10-10T00:00:00Z'],
  ['the clock is put back by half an hour on Lord Howe Island', 'Australia/Lord_Howe', '2026-03-21T00:00:00Z'],
])('while %s', (_, zone, from) => {
  const minutes = minutesOf(zone, from, 30);
  // A span is a week at most, so what the margins hold is known whole.
  const middle = minutes.slice(9 * 24 * 60, -9 * 24 * 60);

  test('every minute is frozen that the clock on the wall says', () => {
    fc.assert(
      fc.property(span, (one) => {
        const expected = bruteForce(one, minutes);
        const when: FrozenTime = { kind: 'weekly', spans: [one] };
        // Each change and its neighbours, and a minute in each hour between.
        const asked = middle.filter(
          ({ at }, index) => index % 60 === 0 || expected.has(at) !== expected.has(at - minuteMs),
        );
        for (const { at, wall } of asked)
          expect([wall, frozenUntil(when, zone, at) !== null]).toEqual([wall, expected.has(at)]);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  test('what is frozen stays so to the end that it names', () => {
    fc.assert(
      fc.property(span, fc.nat(middle.length - 1), (one, index) => {
        const at = middle[index]?.at ?? 0;
        const expected = bruteForce(one, minutes);
        const until = frozenUntil({ kind: 'weekly', spans: [one] }, zone, at);
        const seen = until === null ? [expected.has(at)] : [!expected.has(at), !expected.has(until - minuteMs)];
        for (const isOtherwise of seen) expect(isOtherwise).toBe(false);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

describe('the moment at which all is open', () => {
  const zone = 'UTC';
  const at = Date.parse('2026-11-27T20:00:00Z');
  const between = (from: string, until: string): FrozenTime => ({
    kind: 'between',
    from: Date.parse(from),
    until: Date.parse(until),
  });

  test('is now when nothing is frozen', () => {
    expect(opensAt([{ when: weekly(['sat 00:00', 'sun 00:00']), zone }], at)).toBe(at);
  });

  test('is the end of the last of several that follow upon each other', () => {
    const frozen = [
      { when: weekly(['fri 16:00', 'mon 08:00']), zone },
      { when: between('2026-11-30T08:00:00Z', '2026-12-02T00:00:00Z'), zone },
    ];
    expect(opensAt(frozen, at)).toBe(Date.parse('2026-12-02T00:00:00Z'));
  });

  test('is not known when one follows upon the other without end', () => {
    const frozen = [{ when: weekly(['mon 00:00', 'thu 12:00'], ['thu 12:00', 'mon 00:00']), zone }];
    expect(opensAt(frozen, at)).toBeNull();
  });
});
