import type { Place } from '../../../infrastructure/renderer.ts';
import { type BurnRate, burnRates, shareAt } from '../objective.ts';
import { otherRunbooks } from '../runbooks.ts';
import { burning } from '../words.ts';
import { windowOf } from './promql.ts';
import { failedIn, requestsIn } from './requests.ts';
import {
  type AlertingRule,
  alertOf,
  interval,
  placeLabels,
  type RecordingRule,
  type RuleGroup,
  recorded,
} from './rule.ts';

/** Requests and failed ones over each window, and an alert where too many fail in a long one and still in its short one. */
export const budgetGroup = (place: Place): RuleGroup => ({
  name: `${place.description.app}-${place.names.environment}-error-budget`,
  interval,
  rules: [...windows.flatMap((minutes) => counts(place, minutes)), ...burnRates.map((rate) => burnAlert(place, rate))],
});

const windows = [...new Set(burnRates.flatMap(({ shortMinutes, longMinutes }) => [shortMinutes, longMinutes]))].sort(
  (a, b) => a - b,
);

const requestsName = (minutes: number): string => `plumbline:requests:${windowOf(minutes)}`;
const failedName = (minutes: number): string => `plumbline:failed_requests:${windowOf(minutes)}`;

const counts = (place: Place, minutes: number): readonly RecordingRule[] => {
  const labels = placeLabels(place);
  const all = recorded(place, requestsName(minutes));
  return [
    { record: requestsName(minutes), expr: requestsIn(place, 'app', minutes), labels },
    { record: failedName(minutes), expr: failedIn(place, 'app', minutes, all), labels },
  ];
};

const share = (place: Place, minutes: number): string =>
  `${recorded(place, failedName(minutes))} / ${recorded(place, requestsName(minutes))}`;

const burnAlert = (place: Place, rate: BurnRate): AlertingRule => {
  const { longMinutes, shortMinutes } = rate;
  const { count } = place.thresholds['error-rate'].least;
  return alertOf(place, {
    name: 'ErrorBudgetBurn',
    expr: [
      `${share(place, longMinutes)} > ${shareAt(rate)}`,
      `${share(place, shortMinutes)} > ${shareAt(rate)}`,
      `${recorded(place, requestsName(longMinutes))} >= ${count}`,
    ].join('\nand '),
    severity: rate.severity,
    owner: 'application',
    runbook: otherRunbooks.budget,
    labels: { window: windowOf(longMinutes) },
    summary: `The error budget of ${place.names.environment} is being spent ${rate.times} times too fast over ${windowOf(longMinutes)}`,
    description: burning(rate),
  });
};
