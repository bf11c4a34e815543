import type { Stretch } from './line.ts';
import { criticalPercent } from './settings.ts';
import { thresholds } from './thresholds.ts';
import type { Trial } from './trial.ts';
import type { Need, Reading, Verdict, VerdictKind } from './verdict.ts';

/** A verdict as one line: `fail: 41 of 130 requests of backend failed (31.5 %); …`. */
export const verdictText = ({ kind, because }: Verdict): string => `${kind}: ${because}`;

/** Why the verdict is what it is, with the numbers that it rests on. */
export const becauseOf = (
  kind: VerdictKind,
  readings: readonly Reading[],
  needs: readonly Need[],
  trial: Trial,
): string => {
  switch (kind) {
    case 'fail':
      return failed(readings[trial.failedBy ?? 0], trial);
    case 'warn':
      return warned(readings);
    case 'inconclusive':
      return undecided(readings, needs);
    case 'pass':
      return passed(readings, trial);
    default:
      return kind satisfies never;
  }
};

const failed = (reading: Reading | undefined, trial: Trial): string => {
  if (reading === undefined) return 'a test failed';
  const line = trial.lines[trial.failedBy ?? 0];
  const rule = trial.rules[trial.failedBy ?? 0];
  const isFromTheStart = line !== undefined && rule !== undefined && line.score.points >= rule.limit;
  const stretch = isFromTheStart ? reading.whole : reading.recent;
  const limit = `${criticalPercent[reading.judged]} % is the limit`;
  return `${happened(reading, stretch, isFromTheStart ? '' : 'the last ')}; ${limit}; ${besideIt(stretch)}`;
};

const warned = (readings: readonly Reading[]): string => {
  const above = readings.find((one) => one.level === 'warn' && one.state === 'against');
  if (above !== undefined) {
    const isOverall = percent(above.whole.bad, above.whole.requests) > warningPercent(above);
    const stretch = isOverall ? above.whole : above.recent;
    const what = happened(above, stretch, isOverall ? '' : 'the last ');
    return `${what}; ${warningPercent(above)} % is where warnings begin; ${besideIt(stretch)}; the weight holds`;
  }
  const suspect = readings.find((one) => one.state === 'suspect' && one.level === 'fail');
  if (suspect === undefined) return 'the weight holds';
  const what = happened(suspect, suspect.recent, 'the last ');
  return `${what}; too few to say whether that is more than ${criticalPercent[suspect.judged]} %; the weight holds`;
};

const undecided = (readings: readonly Reading[], needs: readonly Need[]): string => {
  const shared = readings.find((one) => one.state === 'excused' && one.level === 'fail');
  if (shared !== undefined) {
    const { stableBad, stableRequests } = shared.recent;
    const what = happened(shared, shared.recent, 'the last ');
    const stable = `so did ${share(stableBad, stableRequests)} of stable's ${count(stableRequests)}`;
    return `${what}, and ${stable} at the same time: the candidate is not to blame`;
  }
  return needs.map(lack).join('; ');
};

const lack = ({ service, moreRequests, isUnread }: Need): string => {
  if (isUnread) return `no counts of ${service} can be read`;
  return `${service} needs at least ${count(moreRequests)} more ${moreRequests === 1 ? 'request' : 'requests'}`;
};

const passed = (readings: readonly Reading[], trial: Trial): string => {
  const services = trial.settings.services;
  const scope = services.length === 1 ? services[0] : 'all';
  const mine = readings.filter((one) => one.scope === scope && one.level === 'fail');
  const [first] = mine;
  if (first === undefined) return 'nothing speaks against the candidate';
  const counts = mine.map(
    (one) => `${count(one.whole.bad)} ${verb(one)} (${share(one.whole.bad, one.whole.requests)})`,
  );
  return `${requests(first.whole)}: ${counts.join(', ')}; ${besideIt(first.whole)}`;
};

const happened = (reading: Reading, stretch: Stretch, which: string): string => {
  const of = reading.scope === 'all' ? '' : ` of ${reading.scope}`;
  const some = `${count(stretch.bad)} of ${which}${count(stretch.requests)} requests${of}${probes(stretch)}`;
  return `${some} ${verb(reading)} (${share(stretch.bad, stretch.requests)})`;
};

const requests = (stretch: Stretch): string => {
  const some = `${count(stretch.requests)} requests`;
  return stretch.synthetic === 0 ? some : `${some}, ${count(stretch.synthetic)} of them probes`;
};

const probes = ({ synthetic }: Stretch): string => (synthetic === 0 ? '' : `, ${count(synthetic)} of them probes,`);

const besideIt = ({ stableBad, stableRequests }: Stretch): string =>
  stableRequests === 0
    ? 'stable got no requests to compare'
    : `stable ${share(stableBad, stableRequests)} of ${count(stableRequests)}`;

const verb = ({ judged, level }: Reading): string => {
  if (judged === 'failed') return 'failed';
  const { critical, warning } = thresholds['response-time-p95'];
  return `took longer than ${level === 'fail' ? critical : warning} ms`;
};

const warningPercent = ({ judged }: Reading): number =>
  judged === 'failed' ? thresholds['error-rate'].warning : criticalPercent.slow;

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : (100 * part) / whole);

const share = (part: number, whole: number): string => `${Math.round(10 * percent(part, whole)) / 10} %`;

/** 2410 as 2,410. Not `toLocaleString`: that takes longer than the verdict. */
const count = (number: number): string =>
  number < 1000 ? String(number) : String(number).replace(/\B(?=(\d{3})+$)/g, ',');
