import { type Rule, rulesOf } from './rules.ts';
import type { JudgeSettings } from './settings.ts';

/** How many requests of one service its test on failed requests takes to answer, whichever way. */
export interface RequestsNeeded {
  /** In half of all rollouts no more than this. */
  readonly typical: number;
  /** In 95 of 100 rollouts no more than this. */
  readonly almostAlways: number;
  /** Chance that the answer is `fail`. */
  readonly failChance: number;
}

/** Nobody waits longer for one test; what is open then counts as answered there. */
const mostRequests = 50_000;

/** What may stay open when the chances are added up. */
const leftOpen = 0.0001;

/**
 * Requests of a service until its test passes or fails it, when a share `failing` (0 to 1) of them fails: for the plan that
 * is shown before a delivery. Exact, by following the chance of every score from request to request. All services
 * together often answer `fail` sooner.
 */
export const requestsNeeded = (settings: JudgeSettings, failing: number): RequestsNeeded => {
  const rule = rulesOf(settings).find((one) => one.level === 'fail' && one.judged === 'failed');
  if (rule === undefined) throw new RangeError('a trial without a service has no test');
  let now = startOf(rule);
  let typical = mostRequests;
  let almostAlways = mostRequests;
  for (let requests = 1; requests <= mostRequests && answered(now) < 1 - leftOpen; requests++) {
    now = afterOneMore(now, rule, failing);
    if (answered(now) >= 0.5) typical = Math.min(typical, requests);
    if (answered(now) >= 0.95) almostAlways = Math.min(almostAlways, requests);
  }
  return { typical, almostAlways, failChance: now.failed };
};

/** The chance of each score at which the test is open, counted from the one that passes, and of the two answers. */
interface Chances {
  readonly open: Float64Array;
  readonly failed: number;
  readonly passed: number;
}

const startOf = ({ limit, pass }: Rule): Chances => {
  const open = new Float64Array(limit + pass);
  open[pass] = 1;
  return { open, failed: 0, passed: 0 };
};

const answered = ({ failed, passed }: Chances): number => failed + passed;

const afterOneMore = ({ open, ...answers }: Chances, { perFailure }: Rule, failing: number): Chances => {
  const next = new Float64Array(open.length);
  let { failed } = answers;
  open.forEach((chance, score) => {
    if (chance === 0) return;
    const up = score + perFailure;
    if (up < next.length) next[up] = (next[up] ?? 0) + chance * failing;
    else failed += chance * failing;
    next[score - 1] = (next[score - 1] ?? 0) + chance * (1 - failing);
  });
  const passed = answers.passed + (next[0] ?? 0);
  next[0] = 0;
  return { open: next, failed, passed };
};
