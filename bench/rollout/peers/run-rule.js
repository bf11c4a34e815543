// @ts-check
/**
 * How Flagger and Argo Rollouts decide to abort a canary, told in virtual time, so that one traffic can be judged by their
 * rules and by ours. `rules.js` has their defaults and documented examples as data, `flagger.js` and `argo.js` how each
 * decides, `traffic.js` how a candidate behaves.
 *
 * Modelled: steps and their pauses, the check interval, rate windows, thresholds, failure limits, errors in a row, and what
 * no data means. Time 0 is the first request that the candidate may get, as in the figures that the tests hold it to.
 *
 * Not modelled, each to the peer's favour: pods that start, get ready and scale; the second rolling update at Flagger's
 * promotion; Prometheus' scrape interval (a rule sees a second as soon as it is over); the time of queries, of reconciling
 * and of routes that spread; the harm of a bad candidate after its promotion, which neither takes back by itself.
 * Not modelled, for they are no rule: webhooks, gates, the progress deadline, and the tutorials' load generators. Those
 * keep checks from finding no values: compare at a rate at which no window of the candidate is empty.
 */

/**
 * `slow`: took longer than 500 ms, the limit of every latency check in Flagger's tutorials.
 * @typedef {{ requests: number, failed: number, slow: number }} Counts
 * What was answered in one second.
 * @typedef {{ canary: Counts, stable: Counts }} Second
 * A traffic begins anew at each call; what it returns is asked for one second after the other, at the weight of that second.
 * @typedef {() => (weightPercent: number) => Second} Traffic
 */

/**
 * `waiting` is for a human. `weightPercent` is in effect until the next answer.
 * @typedef {{ kind: 'running' | 'waiting' | 'aborted' | 'promoted', weightPercent: number, because: string }} Answer
 */

/**
 * `next` is a pure function of the last answer, with whatever the rule keeps in it, and of every second so far.
 * @template {Answer} [State=Answer]
 * @typedef {{ name: string, start: State, next(state: State, seconds: readonly Second[]): State }} Rule
 */

/**
 * Lets a rule rule over a traffic until it aborts, promotes, or `untilMs` is reached; `lastWeightPercent` is the weight
 * just before. Traffic-minutes are the integral of the canary's weight: 0.5 is half a minute of everybody's requests.
 *
 * @param {Rule} rule
 * @param {Traffic} traffic
 * @param {{ untilMs?: number }} [options]
 */
export const runRule = (rule, traffic, { untilMs = 3 * 3_600_000 } = {}) => {
  const nextSecond = traffic();
  /** @type {Second[]} */
  const seconds = [];
  let state = rule.start;
  let lastWeightPercent = 0;
  let percentSeconds = 0;
  let requestsFailed = 0;
  while (!isOver(state) && seconds.length * 1_000 < untilMs) {
    lastWeightPercent = state.weightPercent;
    const second = nextSecond(lastWeightPercent);
    seconds.push(second);
    percentSeconds += lastWeightPercent;
    requestsFailed += second.canary.failed;
    state = rule.next(state, seconds);
  }
  return {
    abortedAtMs: state.kind === 'aborted' ? seconds.length * 1_000 : null,
    promotedAtMs: state.kind === 'promoted' ? seconds.length * 1_000 : null,
    lastWeightPercent,
    trafficMinutesExposed: percentSeconds / 100 / 60,
    requestsFailed,
    because: state.because,
  };
};

/** @param {Answer} state */
const isOver = ({ kind }) => kind === 'aborted' || kind === 'promoted';
