import type { Environment } from '../environments/environment.ts';
import type { Finding } from '../environments/finding.ts';
import { errorAt, type Located } from '../environments/located.ts';
import { days } from '../freezes/window.ts';
import type { Place } from './renderer.ts';

type One = Located<Environment>;
type Owner = 'database' | 'cache';

/** The least that a window may last, in minutes, by what it is of (the references of RDS and ElastiCache). */
const least: Readonly<Record<Owner, number>> = { database: 30, cache: 60 };

const dayMinutes = 24 * 60;
const weekMinutes = 7 * dayMinutes;

/** Whether the cloud's windows are long enough, and what is copied is not changed meanwhile (E4-16). */
export const checkWindows = (one: One, { infrastructure: { database, cache } }: Place): readonly Finding[] => [
  ...checkPair(one, 'database', {
    copied: ['backup_window', database.backupWindow],
    changed: database.maintenanceWindow,
  }),
  ...checkPair(one, 'cache', { copied: ['snapshot_window', cache.snapshotWindow], changed: cache.maintenanceWindow }),
];

interface Pair {
  readonly copied: readonly [key: string, written: string];
  readonly changed: string;
}

const checkPair = (one: One, owner: Owner, { copied: [key, written], changed }: Pair): readonly Finding[] => {
  const at = (name: string) => ['infrastructure', owner, name];
  const daily = rangeOf(written, dayMinutes);
  const weekly = rangeOf(changed, weekMinutes);
  const short = [
    { key, range: daily },
    { key: 'maintenance_window', range: weekly },
  ].flatMap(({ key: name, range }) =>
    range.minutes < least[owner]
      ? [errorAt(one, at(name), `a ${name} of the ${owner} lasts at least ${least[owner]} minutes`)]
      : [],
  );
  return [
    ...short,
    ...(meet(daily, weekly)
      ? [errorAt(one, at('maintenance_window'), `${changed} meets the ${key} ${written}: keep them apart`)]
      : []),
  ];
};

interface Range {
  /** Minutes from the beginning of the day or week. */
  readonly start: number;
  readonly minutes: number;
}

/** Of `10:00-11:00` in a day or `sun:12:00-sun:13:00` in a week; one that ends before it begins goes over its end. */
const rangeOf = (written: string, whole: number): Range => {
  const [start = 0, end = 0] = written.split('-').map(minuteOf);
  return { start, minutes: (end - start + whole) % whole };
};

const dayNames: readonly string[] = days;

const minuteOf = (written: string): number => {
  const parts = written.split(':');
  const [hour = 0, minute = 0] = parts.slice(-2).map(Number);
  const day = parts.length === 3 ? dayNames.indexOf(parts[0] ?? '') : 0;
  return day * dayMinutes + hour * 60 + minute;
};

/** Whether a window of every day and one of the week have a minute in common. */
const meet = (daily: Range, weekly: Range): boolean =>
  [...days.keys()].some((day) => {
    const start = day * dayMinutes + daily.start;
    const after = (weekly.start - start + weekMinutes) % weekMinutes;
    const before = (start - weekly.start + weekMinutes) % weekMinutes;
    return after < daily.minutes || before < weekly.minutes;
  });
