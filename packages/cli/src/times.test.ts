import { expect, test } from 'vitest';
import { clock, comingMoment, duration, sinceMoment } from './times.ts';

const at = (text: string): number => new Date(text).getTime();

test.each([
  [-3, '0 ms'],
  [412.4, '412 ms'],
  [12_300, '12 s'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h'],
  [7_800_000, '2 h 10 min'],
  [259_200_000, '3 d'],
])('%d ms is %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test('a moment of today is the time of day, another has its date', () => {
  const now = at('2026-11-24T12:00:00');
  expect(clock(at('2026-11-24T09:05:07'), now)).toBe('09:05:07');
  expect(clock(at('2026-11-23T09:05:07'), now)).toBe('2026-11-23 09:05:07');
});

test.each([
  ['90s', 90_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
])('--since %s is so long before now', (text, ms) => {
  expect(sinceMoment(text, 1_000_000_000_000)).toBe(1_000_000_000_000 - ms);
});

test('--since takes a date, and nothing else', () => {
  expect(sinceMoment('2026-11-24', 0)).toBe(Date.parse('2026-11-24'));
  expect(sinceMoment('lately', 0)).toBe(null);
});

const noon = at('2026-11-24T12:00:00');

test.each([
  ['90s', noon + 90_000],
  ['2h', noon + 7_200_000],
  ['18:00', at('2026-11-24T18:00:00')],
  ['08:00', at('2026-11-25T08:00:00')],
  ['2026-12-01 08:30', at('2026-12-01T08:30:00')],
  ['2026-12-01', at('2026-12-01T00:00:00')],
  ['2026-12-01T08:30Z', Date.parse('2026-12-01T08:30:00Z')],
  ['monday 8', null],
  ['2026-13-01', null],
  ['soon', null],
])('--until %s is that moment from now on', (text, expected) => {
  expect(comingMoment(text, noon)).toBe(expected);
});
