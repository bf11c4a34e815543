// @ts-check
import { measure } from './metric.js';

/** @typedef {import('./metric.js').Metric} Metric */
/** @typedef {import('./run-rule.js').Answer & { failedChecks: number }} State */

/**
 * @typedef {{
 *   name: string, intervalMs: number, threshold: number, stepPercent: number, maxPercent: number,
 *   metrics: readonly Metric[],
 * }} Settings
 */

/**
 * Flagger's canary: a tick each interval. A check that fails leaves the weight where it is; failed checks add up over the
 * whole run, and a success forgives none. The threshold is looked at before the check, so that going back takes
 * (threshold + 1) intervals (pkg/controller/scheduler.go).
 *
 * @param {Settings} settings
 * @returns {import('./run-rule.js').Rule<State>}
 */
export const flagger = (settings) => ({
  name: settings.name,
  start: { kind: 'running', weightPercent: settings.stepPercent, failedChecks: 0, because: 'the analysis begins' },
  next: (state, seconds) =>
    (seconds.length * 1_000) % settings.intervalMs === 0 ? tick(settings, state, seconds) : state,
});

/**
 * @param {Settings} settings
 * @param {State} state
 * @param {readonly import('./run-rule.js').Second[]} seconds
 * @returns {State}
 */
const tick = ({ threshold, stepPercent, maxPercent, metrics }, state, seconds) => {
  const { failedChecks, weightPercent } = state;
  if (failedChecks >= threshold)
    return { ...state, kind: 'aborted', weightPercent: 0, because: `${failedChecks} failed checks: ${state.because}` };
  const complaint = metrics.map((metric) => complaintOf(metric, seconds)).find((one) => one !== null);
  if (complaint) return { ...state, failedChecks: failedChecks + 1, because: complaint };
  if (weightPercent >= maxPercent)
    return { ...state, kind: 'promoted', weightPercent: 100, because: `the check passed at ${weightPercent} %` };
  const next = Math.min(100, weightPercent + stepPercent);
  return { ...state, weightPercent: next, because: `the check passed at ${weightPercent} %` };
};

/**
 * @param {Metric} metric
 * @param {readonly import('./run-rule.js').Second[]} seconds
 */
const complaintOf = (metric, seconds) => {
  const measured = measure(metric, seconds);
  if (measured.kind !== 'share') return 'no values found';
  return measured.percent > metric.atMostPercent ? `${measured.percent.toFixed(2)} % ${metric.counts}` : null;
};
