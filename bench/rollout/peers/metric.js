// @ts-check
/** @typedef {import('./run-rule.js').Second} Second */

/**
 * A share of requests that may not be exceeded, over the last `windowMs`, of the candidate alone or of the whole service.
 * A p99 above 500 ms is the same as more than 1 % of the requests slower than that, so latency has this form too.
 *
 * @typedef {{ counts: 'failed' | 'slow', of: 'canary' | 'service', atMostPercent: number, windowMs: number }} Metric
 */

/**
 * What Prometheus would answer: a share; NaN, when the series is there but nothing was asked within the window; or an
 * empty vector, when nothing was ever counted.
 *
 * @typedef {{ kind: 'share', percent: number } | { kind: 'nan' } | { kind: 'empty' }} Measurement
 */

/**
 * @param {Metric} metric
 * @param {readonly Second[]} seconds
 * @returns {Measurement}
 */
export const measure = (metric, seconds) => {
  const requestsOf = requestsIn(metric);
  let requests = 0;
  let counted = 0;
  for (const second of seconds.slice(-metric.windowMs / 1_000)) {
    requests += requestsOf(second);
    counted += second.canary[metric.counts];
    if (metric.of === 'service') counted += second.stable[metric.counts];
  }
  if (requests > 0) return { kind: 'share', percent: (counted * 100) / requests };
  return seconds.some((second) => requestsOf(second) > 0) ? { kind: 'nan' } : { kind: 'empty' };
};

/**
 * @param {Metric} metric
 * @returns {(second: Second) => number}
 */
const requestsIn = ({ of }) =>
  of === 'canary' ? ({ canary }) => canary.requests : ({ canary, stable }) => canary.requests + stable.requests;
