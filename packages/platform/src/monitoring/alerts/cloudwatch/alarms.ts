import { namedEntries } from '../../../environments/named.ts';
import type { Place, Renderer } from '../../../infrastructure/renderer.ts';
import { jsonText } from '../../../kernel/json-text.ts';
import type { MetricName, Threshold } from '../../thresholds.ts';
import { questions } from '../questions.ts';
import { type Level, levelsOf } from '../severity.ts';
import { beyond, meaningOf } from '../words.ts';
import type { Metric } from './metrics.ts';

/** An alarm as the variable `alarms` of terraform/environments/FOLDER has it. */
export interface Alarm {
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  readonly period_seconds: number;
  readonly periods: number;
  readonly missing_data: string;
  readonly severity: string;
  readonly runbook: string;
}

/** `terraform/environments/<folder>/alarms.auto.tfvars.json`: alarms for what AWS itself sees. */
export const cloudwatchAlarms: Renderer = (places) =>
  places.map((place) => ({
    path: `terraform/environments/${place.names.folder}/alarms.auto.tfvars.json`,
    content: jsonText({ alarms: alarmsOf(place) }),
  }));

/** By name. What is only to be shown has no alarm, for an alarm tells somebody. */
export const alarmsOf = (place: Place): Readonly<Record<string, Alarm>> =>
  Object.fromEntries(
    namedEntries(place.thresholds).flatMap(([name, row]) =>
      metricsOf(place, name).flatMap((metric) =>
        levelsOf(row)
          .filter(({ severity }) => severity !== 'info')
          .map((level) => [nameOf(name, metric, level), alarm(row, metric, level)]),
      ),
    ),
  );

const metricsOf = (place: Place, name: MetricName): readonly Metric[] => {
  const { cloudwatch } = questions[name];
  return 'unseen' in cloudwatch ? [] : cloudwatch(place);
};

const nameOf = (name: MetricName, { of }: Metric, { severity }: Level): string =>
  [name, ...(of === null ? [] : [of]), severity].join('-');

const secondsPerMinute = 60;

const alarm = (row: Threshold, metric: Metric, level: Level): Alarm => {
  const window = row.windowMinutes * secondsPerMinute;
  const isAbove = (row.badWhen === 'above') !== (metric.isInverted ?? false);
  return {
    description: `${row.title}${metric.of === null ? '' : ` of ${metric.of}`} is ${beyond(row, level)}. ${meaningOf(row)}`,
    namespace: metric.namespace,
    metric: metric.metric,
    dimensions: metric.dimensions,
    statistic: metric.statistic,
    comparison: isAbove ? 'GreaterThanThreshold' : 'LessThanThreshold',
    threshold: metric.threshold(level.at),
    period_seconds: metric.isOverWindow ? window : secondsPerMinute,
    periods: metric.isOverWindow ? 1 : row.windowMinutes,
    missing_data: metric.missing,
    severity: level.severity,
    runbook: row.runbook,
  };
};
