import { namedEntries } from '../../../../environments/named.ts';
import type { Place } from '../../../../infrastructure/renderer.ts';
import type { MetricName, Threshold } from '../../../thresholds.ts';
import { type Level, levelsOf } from '../../severity.ts';
import { alertName, rowGroup } from '../row-rules.ts';
import type { AlertingRule, RuleGroup } from '../rule.ts';
import type { Expected, Trial } from './promtool.ts';
import { autoscaler, cpu, failing, type Minutes, makers, type Synthetic, spanOf } from './series.ts';

/** For each level of each row: just short of it, beyond it, short of it again, and then nothing at all. */
export const levelTrials = (place: Place): readonly Trial[] =>
  namedEntries(place.thresholds).flatMap(([name, row]) =>
    levelsOf(row).map((level) => levelTrial(place, name, row, level)),
  );

const levelTrial = (place: Place, name: MetricName, row: Threshold, level: Level): Trial => {
  const [short, beyond] = around(row, level);
  const span = spanOf(row);
  const minutes = [short, beyond, short].flatMap((value) => new Array<number>(span).fill(value));
  const { input, subject } = makers[name](place, row, minutes);
  const groups = rowGroup(place, name, row);
  const at = (atMinutes: number, value: number): Expected => ({
    atMinutes,
    alert: alertName(name),
    firing: firing(groups, alertName(name), levelsBeyond(row, value)).map((rule) => ({ rule, subject })),
  });
  // The window empties, the last sample goes stale, and the alert itself waits.
  const silent = 3 * span + row.windowMinutes + 5 + Math.max(row.windowMinutes, 15) + 2;
  return {
    name: `${name} ${level.severity}`,
    groups,
    input,
    expected: [
      at(span - 1, short),
      at(2 * span - 1, beyond),
      at(3 * span - 1, short),
      { atMinutes: 3 * span - 1, alert: 'NotMeasured', firing: [] },
      { atMinutes: silent, alert: alertName(name), firing: [] },
      {
        atMinutes: silent,
        alert: 'NotMeasured',
        firing: rulesNamed(groups, 'NotMeasured').map((rule) => ({ rule, subject: {} })),
      },
    ],
  };
};

/** A value a little short of a level, and one beyond it that does not reach the next. */
const around = (row: Threshold, { at }: Level): readonly [number, number] => {
  if (row.badWhen === 'below') return [at * 1.02, at * 0.98];
  // Whole things: as many as are allowed, and one more.
  return row.unit === 'restarts' ? [at, at + 1] : [at * 0.98, at * 1.02];
};

const levelsBeyond = (row: Threshold, value: number): readonly Level[] =>
  levelsOf(row).filter(({ at }) => (row.badWhen === 'above' ? value > at : value < at));

const rulesNamed = (groups: readonly RuleGroup[], alert: string): readonly AlertingRule[] =>
  groups.flatMap(({ rules }) => rules.flatMap((rule) => ('alert' in rule && rule.alert === alert ? [rule] : [])));

const firing = (groups: readonly RuleGroup[], alert: string, levels: readonly Level[]): readonly AlertingRule[] =>
  rulesNamed(groups, alert).filter(({ labels }) => levels.some(({ severity }) => severity === labels.severity));

const quiet = (
  place: Place,
  name: MetricName,
  what: string,
  { input }: Pick<Synthetic, 'input'>,
  atMinutes: number,
) => ({
  name: `${name}: ${what}`,
  groups: rowGroup(place, name, place.thresholds[name]),
  input,
  expected: [{ atMinutes, alert: alertName(name), firing: [] }],
});

/** Far beyond every level, of which too little is known: no alert. */
export const tooFewTrials = (place: Place): readonly Trial[] =>
  namedEntries(place.thresholds).flatMap(([name, row]) => {
    const { count } = row.least;
    if (row.least.of === 'requests') return [quiet(place, name, 'too few requests', fewRequests(place, name, row), 30)];
    const minutes: Minutes = new Array<number>(Math.max(count - 1, 1)).fill(row.badWhen === 'above' ? 100 : 0);
    return count > 1
      ? [quiet(place, name, 'too few samples', makers[name](place, row, minutes), minutes.length - 1)]
      : [];
  });

/** All of them fail, and slowly, yet in no window are there enough. */
const fewRequests = (place: Place, name: MetricName, row: Threshold): Pick<Synthetic, 'input'> => {
  const perMinute = (row.least.count - 1) / (row.windowMinutes + 1);
  if (name === 'error-rate') return { input: failing(place, perMinute, new Array<number>(40).fill(100)) };
  const slow = new Array<number>(40).fill(50_000);
  const few = { ...row, least: { ...row.least, count: perMinute } };
  return makers[name](place, few, slow);
};

/** CPU that is used while there are replicas to add is autoscaling at work (E8-6). */
export const scalingTrial = (place: Place): Trial => {
  const minutes: Minutes = new Array<number>(60).fill(99);
  const input = [...cpu(place, minutes), ...autoscaler(place, minutes, 1)];
  return quiet(place, 'cpu-usage', 'a replica is left', { input }, 59);
};
