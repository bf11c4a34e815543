import { Failure } from '@plumbline/contract/failure';
import type { ServiceName } from '@plumbline/contract/names';
import { percentAboveP95, thresholds } from './thresholds.ts';

/** How a candidate is judged. Made by `judgeSettings`, which fills in the defaults and refuses what cannot work. */
export interface JudgeSettings {
  /** Services whose requests are judged: those that visitors reach. */
  readonly services: readonly ServiceName[];
  /** Chance that a whole rollout of a candidate at `failAgainstPercent` is aborted, at most. */
  readonly alpha: number;
  /** Chance that a candidate beyond a critical threshold passes its tests, at most. */
  readonly beta: number;
  /** Chance that a whole rollout of a candidate at the warning thresholds is ever held by a warning, at most. */
  readonly warnAlpha: number;
  /** A share of failed (or too slow) requests that must not abort a rollout; the warning threshold, if not said. */
  readonly failAgainstPercent: number;
  /** Requests that each service must get at each step before the step can pass. */
  readonly leastRequests: number;
  /** Requests of all services together in which the candidate is expected to be watched, the bake included. */
  readonly expectedRequests: number;
}

/** The share that loses a candidate its traffic: the critical error rate, and what a p95 leaves above it, are both 5 %. */
export const criticalPercent = { failed: thresholds['error-rate'].critical, slow: percentAboveP95 } as const;

/** Nearer to the critical level than this, no number of requests that a rollout gets could tell the two apart. */
const highestFailAgainstPercent = 4;

const usual = {
  alpha: 0.01,
  beta: 0.05,
  warnAlpha: 0.05,
  failAgainstPercent: thresholds['error-rate'].warning,
  /** 30 requests without a failure say with 95 % that less than 10 % fail at this weight (the rule of three). */
  leastRequests: 30,
  /** A bake of 5,000, and what a canary gets on its way. */
  expectedRequests: 6_000,
} as const;

/** Throws `bad-input` for settings that cannot work, naming the setting. */
export const judgeSettings = (
  services: readonly ServiceName[],
  given: Partial<Omit<JudgeSettings, 'services'>> = {},
): JudgeSettings => {
  const settings = { ...usual, ...given, services };
  if (services.length === 0) throw refusal('services', 'at least one service has to be judged');
  for (const name of ['alpha', 'beta', 'warnAlpha'] as const)
    if (!(settings[name] > 0 && settings[name] <= 0.5)) throw refusal(name, 'a chance above 0 and up to 0.5');
  if (!(settings.failAgainstPercent >= 0.1 && settings.failAgainstPercent <= highestFailAgainstPercent))
    throw refusal('failAgainstPercent', `from 0.1 to ${highestFailAgainstPercent}, well under the critical 5 %`);
  for (const name of ['leastRequests', 'expectedRequests'] as const)
    if (!(Number.isInteger(settings[name]) && settings[name] > 0)) throw refusal(name, 'a whole number above 0');
  return settings;
};

const refusal = (setting: string, wanted: string): Failure =>
  new Failure('bad-input', `the judge's ${setting} is not right: ${wanted}`);
