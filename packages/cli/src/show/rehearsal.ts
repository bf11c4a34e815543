import type { Outcomes } from '@plumbline/platform/rehearsal/many';
import type { Rehearsed } from '@plumbline/platform/rehearsal/rehearse';
import { table } from '../table.ts';
import { duration } from '../times.ts';

/** What many runs of each scenario came to: medians, and what 95 of 100 runs stay under. */
export const outcomesTable = (all: readonly Outcomes[]): string =>
  table(
    ['scenario', 'ended', 'decided after', 'back at 0 % after', 'failed requests', 'traffic-minutes'],
    all.map(({ scenario, runs, ended, ...numbers }) => [
      scenario,
      Object.entries(ended)
        .sort(([, one], [, other]) => other - one)
        .map(([outcome, count]) => `${outcome} ${share(count, runs)}`)
        .join(', '),
      pair(numbers.decidedAfterMs, duration),
      pair(numbers.backAfterMs, duration),
      pair(numbers.failedRequests, String),
      pair(numbers.trafficMinutes, (minutes) => minutes.toFixed(2)),
    ]),
  );

/** One run, as it went. */
export const timelineOf = ({ timeline, outcome, because }: Rehearsed): string =>
  [
    table(
      ['after', 'candidate', 'step', ''],
      timeline.map(({ atMs, sharePercent, step, what }) => [
        `${(atMs / 1000).toFixed(1)} s`,
        `${sharePercent} %`,
        step,
        what.replaceAll('\n', ' | '),
      ]),
    ),
    `${outcome}: ${because}`,
  ].join('\n');

const pair = (two: readonly [number, number] | null, words: (number: number) => string): string =>
  two === null ? '-' : `${words(two[0])} / ${words(two[1])}`;

const share = (part: number, whole: number): string => `${Math.round((1000 * part) / whole) / 10} %`;
