import type { Place } from '../../../infrastructure/renderer.ts';
import type { MetricName, Threshold } from '../../thresholds.ts';
import { questions } from '../questions.ts';
import { otherRunbooks } from '../runbooks.ts';
import { type Level, levelsOf } from '../severity.ts';
import { beyond, meaningOf } from '../words.ts';
import type { Measure } from './measures.ts';
import { of, windowOf } from './promql.ts';
import {
  type AlertingRule,
  alertOf,
  interval,
  placeLabels,
  type RecordingRule,
  type RuleGroup,
  recorded,
} from './rule.ts';

/** What a row is recorded as, an alert for each of its levels, and one for when it is not measured at all. */
export const rowGroup = (place: Place, name: MetricName, row: Threshold): readonly RuleGroup[] => {
  const measures = questions[name].prometheus(place, row.windowMinutes, recorded(place, requestsName(name)));
  const [first] = measures;
  if (!first) return [];
  return [
    {
      name: `${place.description.app}-${place.names.environment}-${name}`,
      interval,
      rules: [
        ...measures.flatMap((measure) => recordings(place, name, measure)),
        ...levelsOf(row).map((level) => alertAt(place, name, row, first, level)),
        missing(place, name, row),
      ],
    },
  ];
};

const recordName = (name: MetricName): string => `plumbline:${name.replaceAll('-', '_')}`;
const requestsName = (name: MetricName): string => `${recordName(name)}:requests`;

const recordings = (place: Place, name: MetricName, measure: Measure): readonly RecordingRule[] => {
  const labels = { ...placeLabels(place), ...measure.labels };
  const value = { record: recordName(name), expr: measure.expression, labels };
  const { requests } = measure;
  return requests === undefined ? [value] : [{ record: requestsName(name), expr: requests, labels }, value];
};

const alertAt = (place: Place, name: MetricName, row: Threshold, measure: Measure, level: Level): AlertingRule =>
  alertOf(place, {
    name: alertName(name),
    expr: [beyondLevel(place, name, row, measure, level), enough(place, name, row, measure), only(measure)]
      .flat()
      .join('\nand '),
    severity: level.severity,
    owner: row.owner,
    runbook: row.runbook,
    labels: { row: name },
    summary: `${row.title} of {{ $labels.${subjects[name]} }} in ${place.names.environment} is ${beyond(row, level)}`,
    description: meaningOf(row),
  });

/** `ErrorRate` */
export const alertName = (name: MetricName): string =>
  name.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());

/** The label of its measure that says whose it is. */
const subjects: Readonly<Record<MetricName, string>> = {
  'error-rate': 'service',
  'response-time-p95': 'service',
  'request-rate': 'service',
  'cpu-usage': 'workload',
  'memory-usage': 'pod',
  'disk-usage': 'instance',
  'database-connections': 'store',
  'pod-restarts': 'pod',
  'node-cpu': 'instance',
  'node-memory': 'instance',
  'disk-io': 'instance',
};

/** In each minute of the window, or over all of it. */
const beyondLevel = (place: Place, name: MetricName, row: Threshold, measure: Measure, { at }: Level): string => {
  const value = recorded(place, recordName(name));
  const window = windowOf(row.windowMinutes);
  switch (row.badWhen) {
    case 'above':
      return `${measure.isOverWindow ? value : `min_over_time(${value}[${window}])`} > ${at}`;
    case 'below':
      return `${measure.isOverWindow ? value : `max_over_time(${value}[${window}])`} < ${at}`;
    default:
      return row.badWhen satisfies never;
  }
};

const enough = (place: Place, name: MetricName, row: Threshold, measure: Measure): readonly string[] => {
  const { count } = row.least;
  if (measure.requests !== undefined) return [`${recorded(place, requestsName(name))} >= ${count}`];
  if (measure.isOverWindow) return [];
  return [`count_over_time(${recorded(place, recordName(name))}[${windowOf(row.windowMinutes)}]) >= ${count}`];
};

const only = ({ only: condition }: Measure): readonly string[] =>
  condition ? [of(`on (${condition.by}) `, condition.expression)] : [];

/** No data is not good data: what nobody measures can go wrong unseen. */
const missing = (place: Place, name: MetricName, row: Threshold): AlertingRule =>
  alertOf(place, {
    name: 'NotMeasured',
    expr: `absent(${recorded(place, recordName(name))})`,
    for: windowOf(Math.max(row.windowMinutes, leastBlindMinutes)),
    severity: 'warning',
    owner: 'platform',
    runbook: otherRunbooks.noData,
    labels: { row: name },
    summary: `${row.title} in ${place.names.environment} is not measured`,
    description: 'Nothing was recorded, so that its alerts cannot go off.',
  });

/** As long as Prometheus itself may take to restart. */
const leastBlindMinutes = 15;
