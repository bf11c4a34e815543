import { Temporal } from 'temporal-polyfill';

/** Names to suggest for a mistyped zone: those of the running Node, which has UTC but does not list it. */
export const zones: readonly string[] = [...Intl.supportedValuesOf('timeZone'), 'UTC'];

/** Whether the word names a time zone by its place. An offset like +02:00 names none: it knows no summer. */
export const isZone = (word: string): boolean => {
  if (!/^[a-z]/i.test(word)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: word }));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/**
 * The instant at which a zone's clock shows a time, in epoch milliseconds. A time that the clock shows twice is two
 * instants; one that it skips is the instant at which it skips it.
 */
export const instantOf = (time: Temporal.PlainDateTime, zone: string, shown: 'first' | 'last'): number => {
  const zoned = time.toZonedDateTime(zone, { disambiguation: shown === 'first' ? 'earlier' : 'later' });
  if (zoned.toPlainDateTime().equals(time)) return zoned.epochMilliseconds;
  const before = time.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return before.getTimeZoneTransition('next')?.epochMilliseconds ?? zoned.epochMilliseconds;
};

/** What a zone's clock shows at an instant. */
export const clockOf = (at: number, zone: string): Temporal.PlainDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
