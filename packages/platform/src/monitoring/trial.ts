import type { ServiceName } from '@plumbline/contract/names';
import { doublingsAt } from './cusum.ts';
import {
  type Counter,
  type Evidence,
  growthOf,
  noRequests,
  plus,
  readOn,
  startCounter,
  type Tally,
} from './evidence.ts';
import { follow, type Line, newLine } from './line.ts';
import { type Rule, rulesOf } from './rules.ts';
import type { JudgeSettings } from './settings.ts';

/**
 * A candidate on trial: everything that was learnt of it, as plain JSON. It is the recorded result of a durable step, with
 * its limits in it, so that it goes on after a crash exactly where it was.
 */
export interface Trial {
  readonly settings: JudgeSettings;
  readonly rules: readonly Rule[];
  /** One for each rule, in the same order. */
  readonly lines: readonly Line[];
  readonly watched: readonly Watched[];
  /** The rule that failed the candidate. That is final: what comes after is not weighed any more. */
  readonly failedBy: number | null;
}

/** One service, followed in both releases. */
export interface Watched {
  readonly service: ServiceName;
  readonly candidate: Counter;
  readonly stable: Counter;
  /** The candidate's requests when the present step began. */
  readonly requestsAtStep: number;
  /** Those of them that were no probes of ours. */
  readonly visitorsBefore: number;
}

/** Begins with what is counted already: only what comes after counts for or against the candidate. */
export const beginTrial = (settings: JudgeSettings, evidence: Evidence): Trial => {
  const rules = rulesOf(settings);
  return {
    settings,
    rules,
    lines: rules.map(() => newLine),
    watched: settings.services.map((service) => ({
      service,
      candidate: startCounter(evidence.candidate[service]),
      stable: startCounter(evidence.stable[service]),
      requestsAtStep: 0,
      visitorsBefore: 0,
    })),
    failedBy: null,
  };
};

/** Adds what was counted since the last look. The same evidence again changes nothing. */
export const weigh = (trial: Trial, evidence: Evidence): Trial => {
  if (trial.failedBy !== null) return trial;
  const watched = trial.watched.map((one) => read(one, evidence));
  if (watched.every((one, index) => one === trial.watched[index])) return trial;
  const growths = watched.map((one, index) => growthSince(trial.watched[index] ?? one, one));
  const all = growths.reduce(together);
  const doublings = doublingsAt(requestsOf(watched), trial.settings.expectedRequests);
  const lines = trial.lines.map((line, index) => {
    const rule = ruleAt(trial.rules, index);
    const { candidate, stable } = rule.scope === 'all' ? all : growthAt(growths, watched, rule.scope);
    return candidate === noRequests && stable === noRequests ? line : follow(line, rule, doublings, candidate, stable);
  });
  return { settings: trial.settings, rules: trial.rules, lines, watched, failedBy: failing(trial.rules, lines) };
};

/** A new step: each service has to show anew that it works at this weight. Tests that passed are not begun again. */
export const beginStep = (trial: Trial, evidence: Evidence): Trial => {
  const now = weigh(trial, evidence);
  return {
    ...now,
    watched: now.watched.map((one) => {
      const { requests, synthetic } = one.candidate.grown;
      return { ...one, requestsAtStep: requests, visitorsBefore: requests - synthetic };
    }),
  };
};

/** Of all services together since the trial began. */
const requestsOf = (watched: readonly Watched[]): number =>
  watched.reduce((sum, one) => sum + one.candidate.grown.requests, 0);

const failing = (rules: readonly Rule[], lines: readonly Line[]): number | null => {
  const found = lines.findIndex((line, index) => line.standing === 'against' && ruleAt(rules, index).level === 'fail');
  return found === -1 ? null : found;
};

interface Growth {
  readonly candidate: Tally;
  readonly stable: Tally;
}

const read = (one: Watched, evidence: Evidence): Watched => {
  const candidate = readOn(one.candidate, evidence.candidate[one.service]);
  const stable = readOn(one.stable, evidence.stable[one.service]);
  if (candidate === one.candidate && stable === one.stable) return one;
  const { service, requestsAtStep, visitorsBefore } = one;
  return { service, candidate, stable, requestsAtStep, visitorsBefore };
};

const growthSince = (before: Watched, now: Watched): Growth => ({
  candidate: growthOf(before.candidate, now.candidate),
  stable: growthOf(before.stable, now.stable),
});

const together = (one: Growth, other: Growth): Growth => ({
  candidate: plus(one.candidate, other.candidate),
  stable: plus(one.stable, other.stable),
});

const growthAt = (growths: readonly Growth[], watched: readonly Watched[], service: ServiceName): Growth =>
  growths[watched.findIndex((one) => one.service === service)] ?? { candidate: noRequests, stable: noRequests };

const ruleAt = (rules: readonly Rule[], index: number): Rule => {
  const rule = rules[index];
  if (rule === undefined) throw new RangeError(`a trial has no rule ${index}`);
  return rule;
};
