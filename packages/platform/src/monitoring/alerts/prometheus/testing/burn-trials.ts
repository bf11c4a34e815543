import type { Place } from '../../../../infrastructure/renderer.ts';
import { type BurnRate, burnRates, shareAt } from '../../objective.ts';
import { budgetGroup } from '../budget-rules.ts';
import { windowOf } from '../promql.ts';
import type { AlertingRule, RuleGroup } from '../rule.ts';
import type { Expected, Trial } from './promtool.ts';
import { failing, type Minutes } from './series.ts';

const perMinute = 1000;

/** For each pace: failures a little too few, too many, none, and then nothing at all. */
export const burnTrials = (place: Place): readonly Trial[] => burnRates.map((rate) => burnTrial(place, rate));

const burnTrial = (place: Place, rate: BurnRate): Trial => {
  const stepMinutes = rate.shortMinutes > 60 ? 5 : 1;
  const phase = (rate.shortMinutes + 10) / stepMinutes;
  const percents = [0.98, 1.5, 1.5, 0].flatMap((of) => new Array<number>(phase).fill(100 * of * shareAt(rate)));
  const groups = [budgetGroup(place)];
  const ends = [phase - 1, 3 * phase - 1, 4 * phase - 1, 5 * phase - 1];
  return {
    name: `${rate.times} times too fast`,
    groups,
    input: failing(place, perMinute * stepMinutes, percents),
    expected: ends.map((at) => expectedAt(groups, percents, at, stepMinutes)),
    stepMinutes,
  };
};

/** Every pace at which both windows, as far as there are requests in them, have too large a share of failed ones. */
const expectedAt = (groups: readonly RuleGroup[], percents: Minutes, at: number, stepMinutes: number): Expected => {
  const isTooMuch = (rate: BurnRate) =>
    [rate.longMinutes, rate.shortMinutes].every(
      (window) => window > stepMinutes && shareIn(percents, at, window / stepMinutes) > shareAt(rate),
    );
  const windows = burnRates.filter(isTooMuch).map(({ longMinutes }) => windowOf(longMinutes));
  return {
    atMinutes: at * stepMinutes,
    alert: 'ErrorBudgetBurn',
    firing: burnRules(groups)
      .filter(({ labels }) => windows.includes(labels.window ?? ''))
      .map((rule) => ({ rule, subject: {} })),
  };
};

const shareIn = (percents: Minutes, at: number, window: number): number => {
  const within = percents.slice(Math.max(0, at + 1 - window), at + 1);
  return within.reduce((sum, percent) => sum + percent, 0) / within.length / 100;
};

const burnRules = (groups: readonly RuleGroup[]): readonly AlertingRule[] =>
  groups.flatMap(({ rules }) => rules.flatMap((rule) => ('alert' in rule ? [rule] : [])));

/** One request in a quarter of an hour, and each of them fails. */
export const fewFailuresTrial = (place: Place): Trial => ({
  name: 'few requests',
  groups: [budgetGroup(place)],
  input: failing(place, 1 / 15, new Array<number>(240).fill(100)),
  expected: [{ atMinutes: 239, alert: 'ErrorBudgetBurn', firing: [] }],
});
