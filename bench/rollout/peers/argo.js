// @ts-check
import { measure } from './metric.js';

/** @typedef {import('./metric.js').Measurement} Measurement */
/** @typedef {import('./run-rule.js').Second} Second */

/**
 * `intervalMs` null: one measurement, which the rollout waits for; otherwise they go on in the background until the last
 * step is over. `failsAbovePercent` null: there is a success condition alone.
 *
 * @typedef {{
 *   startsAtMs: number, intervalMs: number | null, failureLimit: number, metric: import('./metric.js').Metric,
 *   failsAbovePercent: number | null,
 * }} Analysis
 * @typedef {{ name: string, steps: readonly { weightPercent: number, holdMs: number }[], analysis: Analysis | null }} Settings
 * `measureAtMs`: when the next measurement is due, null when none is. Errors can come before the first data alone, so that
 * they are in a row.
 * @typedef {import('./run-rule.js').Answer & { measureAtMs: number | null, failures: number, errors: number }} State
 */

/** A measurement that errs is taken again after 10 s; five errors in a row fail the run (analysis/analysis.go). */
const retryMs = 10_000;
const consecutiveErrorLimit = 4;

/**
 * Argo Rollouts' canary: steps by the clock, and an analysis that aborts once more than `failureLimit` measurements have
 * failed. Acting on it takes a later reconcile, which is not counted.
 *
 * @param {Settings} settings
 * @returns {import('./run-rule.js').Rule<State>}
 */
export const argo = (settings) => ({
  name: settings.name,
  start: {
    kind: 'running',
    weightPercent: settings.steps[0]?.weightPercent ?? 0,
    measureAtMs: settings.analysis?.startsAtMs ?? null,
    failures: 0,
    errors: 0,
    because: 'the first step begins',
  },
  next: (state, seconds) => {
    if (state.kind === 'waiting') return state;
    const judged = judge(settings.analysis, state, seconds);
    return judged.kind === 'running' ? step(settings, judged, seconds.length * 1_000) : judged;
  },
});

/**
 * @param {Analysis | null} analysis
 * @param {State} state
 * @param {readonly Second[]} seconds
 * @returns {State}
 */
const judge = (analysis, state, seconds) => {
  const atMs = seconds.length * 1_000;
  if (analysis === null || state.measureAtMs === null || atMs < state.measureAtMs) return state;
  const measured = measure(analysis.metric, seconds);
  const because = measured.kind === 'share' ? `${measured.percent.toFixed(2)} % failed` : 'no data';
  const measureAtMs = analysis.intervalMs === null ? null : atMs + analysis.intervalMs;
  const verdict = verdictOf(analysis, measured);
  switch (verdict) {
    case 'error': {
      const errors = state.errors + 1;
      return abortIf(errors > consecutiveErrorLimit, { ...state, errors, measureAtMs: atMs + retryMs, because });
    }
    case 'failure': {
      const failures = state.failures + 1;
      return abortIf(failures > analysis.failureLimit, { ...state, failures, measureAtMs, because });
    }
    case 'inconclusive':
      return { ...state, kind: 'waiting', because: `inconclusive: ${because}` };
    case 'success':
      return { ...state, measureAtMs, because };
    default:
      return /** @satisfies {never} */ (verdict);
  }
};

/**
 * An empty vector has no element to compare: an error. NaN meets no condition: with a success condition alone that is a
 * failure, with both conditions inconclusive.
 *
 * @param {Analysis} analysis
 * @param {Measurement} measured
 */
const verdictOf = ({ metric, failsAbovePercent }, measured) => {
  if (measured.kind === 'empty') return 'error';
  const percent = measured.kind === 'share' ? measured.percent : Number.NaN;
  if (percent <= metric.atMostPercent) return 'success';
  return failsAbovePercent === null || percent > failsAbovePercent ? 'failure' : 'inconclusive';
};

/**
 * @param {boolean} isReached
 * @param {State} state
 * @returns {State}
 */
const abortIf = (isReached, state) => (isReached ? { ...state, kind: 'aborted', weightPercent: 0 } : state);

/**
 * @param {Settings} settings
 * @param {State} state
 * @param {number} atMs
 * @returns {State}
 */
const step = ({ steps, analysis }, state, atMs) => {
  let endsAtMs = 0;
  for (const { weightPercent, holdMs } of steps) {
    endsAtMs += holdMs;
    if (atMs < endsAtMs) return weightPercent === state.weightPercent ? state : { ...state, weightPercent };
  }
  const waitsForAnalysis = analysis !== null && analysis.intervalMs === null && state.measureAtMs !== null;
  return waitsForAnalysis ? state : { ...state, kind: 'promoted', weightPercent: 100 };
};
