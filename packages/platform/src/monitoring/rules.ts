import type { ServiceName } from '@plumbline/contract/names';
import { cusumLimits } from './cusum.ts';
import { criticalPercent, type JudgeSettings } from './settings.ts';
import { failLimit, passPoints, pointsPerFailure } from './sprt.ts';
import { percentAboveP95, thresholds } from './thresholds.ts';

/** What is counted against a candidate: requests that failed, and requests that took too long. */
export type Judged = 'failed' | 'slow';

/** One test: whose requests, which count, against which level, and the points at which it answers. */
export interface Rule {
  /** A service, or all of them together. */
  readonly scope: ServiceName | 'all';
  readonly judged: Judged;
  readonly level: 'fail' | 'warn';
  readonly perFailure: number;
  /** Points since the trial began that decide against the candidate. */
  readonly limit: number;
  /** Points since its best moment that decide against it: for the expected requests, twice as many, and so on. */
  readonly cusum: readonly number[];
  /** Points below zero at which it has passed. */
  readonly pass: number;
}

/**
 * How alpha is spent. Half on failed requests and half on slow ones; of each, most on the tests from the first request on,
 * because at a low weight requests are rare and each one of delay is paid for by visitors. The larger part of that goes
 * to all services together, which see every request. CUSUM limits are per request, so services share one part.
 */
const spending = {
  many: { all: { sprt: 0.5, cusum: 0.1 }, services: { sprt: 0.3, cusum: 0.1 } },
  single: { services: { sprt: 0.8, cusum: 0.2 } },
} as const;

/** Every test of a trial, services first, so that a verdict names a service where it can. Made once for the same settings. */
export const rulesOf = (settings: JudgeSettings): readonly Rule[] => {
  const rules = made.get(settings) ?? makeRules(settings);
  made.set(settings, rules);
  return rules;
};

const made = new WeakMap<JudgeSettings, readonly Rule[]>();

const makeRules = (settings: JudgeSettings): readonly Rule[] => {
  const { services } = settings;
  const isSingle = services.length === 1;
  const part = (isSingle ? spending.single : spending.many).services;
  const each = levelsOf(settings, { sprt: part.sprt / services.length, cusum: part.cusum });
  const together = isSingle ? [] : levelsOf(settings, spending.many.all);
  return [
    ...services.flatMap((scope) => each.map((rule) => ({ scope, ...rule }))),
    ...together.map((rule) => ({ scope: 'all' as const, ...rule })),
  ];
};

type Unscoped = Omit<Rule, 'scope'>;

interface Part {
  readonly sprt: number;
  readonly cusum: number;
}

const levelsOf = (settings: JudgeSettings, part: Part): readonly Unscoped[] =>
  (['failed', 'slow'] as const).flatMap((judged) => [
    ruleOf(settings, part, judged, 'fail'),
    ruleOf(settings, part, judged, 'warn'),
  ]);

const ruleOf = (settings: JudgeSettings, part: Part, judged: Judged, level: Rule['level']): Unscoped => {
  const { good, bad } = level === 'fail' ? failing(settings, judged) : warning[judged];
  const alpha = (level === 'fail' ? settings.alpha : settings.warnAlpha) / 2;
  const perFailure = pointsPerFailure(good, bad);
  return {
    judged,
    level,
    perFailure,
    limit: failLimit(good, perFailure, alpha * part.sprt),
    cusum: cusumLimits(good, perFailure, alpha * part.cusum, settings.expectedRequests),
    pass: passPoints(bad, perFailure, settings.beta),
  };
};

const failing = (settings: JudgeSettings, judged: Judged) => ({
  good: settings.failAgainstPercent / 100,
  bad: criticalPercent[judged] / 100,
});

/** A warning says that the warning level is passed: it is tested against twice that level. */
const warning = {
  failed: twice(thresholds['error-rate'].warning),
  slow: twice(percentAboveP95),
} as const;

function twice(percent: number) {
  return { good: percent / 100, bad: (2 * percent) / 100 };
}
