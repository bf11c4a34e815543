import { z } from 'zod';
import { type MetricName, type Threshold, thresholds } from '../monitoring/thresholds.ts';
import { duration, durationMs } from './duration.ts';
import { namedEntries } from './named.ts';

const level = z.number().min(0);

const describedThreshold = z.strictObject({
  info: level.optional().describe('Is shown, and tells nobody.'),
  warning: level.optional().describe('Tells people.'),
  critical: level.optional().describe('Wakes people.'),
  window: duration.optional().describe('How long a level has to hold. Whole minutes.'),
});

type Row = z.ZodOptional<typeof describedThreshold>;

/** What differs in an environment from the specification's 8.2, by row. */
export const describedThresholds = z.strictObject(
  // A key for each row that there is.
  Object.fromEntries(
    Object.entries<Threshold>(thresholds).map(([name, { title }]) => [
      name,
      describedThreshold.optional().describe(`Of: ${title}.`),
    ]),
  ) as Record<MetricName, Row>,
);
export type DescribedThresholds = z.output<typeof describedThresholds>;

/** The rows of 8.2 for one environment: its monitors are made from these. */
export type Thresholds = Readonly<Record<MetricName, Threshold>>;

/** Every row of 8.2, with what the environment says otherwise. */
export const thresholdsOf = (written: DescribedThresholds): Thresholds => {
  const rows = namedEntries<MetricName, Threshold>(thresholds).map(
    ([name, row]) => [name, changed(row, written[name])] as const,
  );
  // Each row that there is was made into a row of the same name.
  return Object.fromEntries(rows) as Record<MetricName, Threshold>;
};

const minuteMs = 60_000;

const changed = (row: Threshold, written: DescribedThresholds[MetricName]): Threshold => {
  if (!written) return row;
  const { window, ...levels } = written;
  const said = Object.fromEntries(Object.entries(levels).filter(([, value]) => value !== undefined));
  return {
    ...row,
    ...said,
    windowMinutes: window === undefined ? row.windowMinutes : Math.ceil(durationMs(window) / minuteMs),
  };
};

/** What is wrong with a row: a worse level that is reached before a milder one; undefined when all is well. */
export const wrongOrder = ({ badWhen, info, warning, critical }: Threshold): string | undefined => {
  const levels = Object.entries({ info, warning, critical }).flatMap(([name, at]) =>
    at === undefined ? [] : [{ name, at }],
  );
  const wrong = levels.findIndex((one, index) => {
    const before = levels[index - 1];
    return before !== undefined && (badWhen === 'above' ? one.at <= before.at : one.at >= before.at);
  });
  const [milder, worse] = [levels[wrong - 1], levels[wrong]];
  return milder && worse && `${worse.name} ${worse.at} is reached before ${milder.name} ${milder.at}`;
};
