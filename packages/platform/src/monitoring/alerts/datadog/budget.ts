import type { Place } from '../../../infrastructure/renderer.ts';
import { type BurnRate, burnRates, objective, shareAt } from '../objective.ts';
import { otherRunbooks, runbookUrl } from '../runbooks.ts';
import { burning } from '../words.ts';
import type { Monitors } from './monitors.ts';
import { allRequests, failedRequests } from './requests.ts';

const hours = (minutes: number): string => (minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`);

/** The longest window that Datadog takes in an alert of an objective, in hours. */
const longestOfDatadog = 48;

const isOfObjective = ({ longMinutes }: BurnRate): boolean => longMinutes <= longestOfDatadog * 60;

/** The objective, which Datadog counts by itself, and the paces that it can tell of. */
export const objectiveOf = (place: Place) => ({
  name: `Requests to ${place.description.app} in ${place.names.environment} that do not fail`,
  good: `${allRequests(place)} - ${failedRequests(place)}`,
  all: allRequests(place),
  percent: objective.percent,
  days: objective.days,
  burns: Object.fromEntries(burnRates.filter(isOfObjective).map((rate) => [keyOf(rate), burnOf(place, rate)])),
});

const keyOf = ({ longMinutes }: BurnRate): string => `error-budget-${hours(longMinutes)}`;
const titleOf = (place: Place, { times, longMinutes }: BurnRate): string =>
  `The error budget of ${place.names.environment} is being spent ${times} times too fast over ${hours(longMinutes)}`;

const toldOf = (place: Place, rate: BurnRate) => ({
  message: `${burning(rate)}\n\nRunbook: ${runbookUrl(place.description, otherRunbooks.budget)}`,
  severity: rate.severity,
  owner: 'application',
  runbook: otherRunbooks.budget,
});

const burnOf = (place: Place, rate: BurnRate) => ({
  name: titleOf(place, rate),
  times: rate.times,
  long_window: hours(rate.longMinutes),
  short_window: hours(rate.shortMinutes),
  ...toldOf(place, rate),
});

/** The paces with longer windows than that, as shares of failed requests. */
export const slowBurns = (place: Place): Monitors => {
  const slow = burnRates.filter((rate) => !isOfObjective(rate));
  const windows = (rate: BurnRate) => [rate.longMinutes, rate.shortMinutes];
  const partKey = (rate: BurnRate, minutes: number) => `${keyOf(rate)}-in-${hours(minutes)}`;
  const percent = (rate: BurnRate) => 100 * shareAt(rate);
  return {
    parts: Object.fromEntries(
      slow.flatMap((rate) =>
        windows(rate).map((minutes) => [
          partKey(rate, minutes),
          {
            name: `${titleOf(place, rate)}: ${hours(minutes)}`,
            query: `sum(last_${hours(minutes)}):100 * ${failedRequests(place)} / ${allRequests(place)} > ${percent(rate)}`,
            threshold: percent(rate),
          },
        ]),
      ),
    ),
    monitors: Object.fromEntries(
      slow.map((rate) => [
        keyOf(rate),
        {
          name: titleOf(place, rate),
          all_of: windows(rate).map((minutes) => partKey(rate, minutes)),
          ...toldOf(place, rate),
          tells_of_no_data: false,
        },
      ]),
    ),
  };
};
