import { days, type FrozenTime } from './window.ts';
import { clockOf } from './zone.ts';

/** An instant by the clock of a zone: `fri 2026-11-27 16:00 America/Los_Angeles`, with its seconds where it has any. */
export const clockWords = (at: number, zone: string): string => {
  const clock = clockOf(at, zone);
  const time = clock.toPlainTime().toString({ smallestUnit: clock.second === 0 ? 'minute' : 'second' });
  return `${days[clock.dayOfWeek - 1]} ${clock.toPlainDate()} ${time} ${zone}`;
};

/** When something is frozen: `every fri 16:00 to mon 08:00 America/Los_Angeles`. */
export const timeWords = (when: FrozenTime, zone: string): string => {
  if (when.kind === 'between') return `${clockWords(when.from, zone)} to ${clockWords(when.until, zone)}`;
  const spans = when.spans.map(({ from, until }) => `${from.day} ${from.time} to ${until.day} ${until.time}`);
  return `every ${spans.join(', ')} ${zone}`;
};
