// @ts-check
import { rehearse } from '@plumbline/platform/rehearsal/rehearse';
import { canary } from '../rehearsal/canary.js';
import { flaggerDefault, flaggerFastest, peers } from './peers/rules.js';
import { runRule } from './peers/run-rule.js';
import { trafficOf } from './peers/traffic.js';

/**
 * @typedef {{ backMs: number | null, trafficMinutes: number, failed: number }} Run
 * `backMs`: from the first request of the candidate until it gets none any more; null where it was never taken back.
 * @typedef {{ name: string, runs: readonly Run[] }} Judged
 * @typedef {{ what: string, value: number | null, unit: string, against: string, ratio: number | null, goal: string | null, met: boolean | null }} Row
 */

/** Candidates at 50 requests a second; goals in seconds and traffic-minutes. */
const bad = [
  {
    what: 'fails all',
    behaviour: 'candidate: { fails: 100 }',
    failing: 1,
    slow: 0,
    medianS: 5,
    p95S: null,
    minutes: null,
  },
  {
    what: 'fails 5 %',
    behaviour: 'candidate: { fails: 5 }',
    failing: 0.05,
    slow: 0,
    medianS: 60,
    p95S: 150,
    minutes: 0.05,
  },
  { what: 'slow', behaviour: 'candidate: { slow: 20 }', failing: 0, slow: 0.2, medianS: 60, p95S: 150, minutes: 0.05 },
];

/**
 * How long bad candidates keep visitors, and how often good ones are taken away, under our judge and under the rules of
 * others (`peers/`), in virtual time on traffic of the same rates. Ours runs the engine itself.
 *
 * @param {{ log: (line: string) => void, quick?: boolean, signal?: AbortSignal }} options
 */
export const run = async ({ log, quick = false, signal }) => {
  const runs = quick ? 20 : 200;
  /** @type {Row[]} */
  const rows = [];
  for (const one of bad) {
    log(`rollout: ${one.what}, ${runs} runs of each`);
    const ours = await rehearsed(one.behaviour, runs, signal);
    const theirs = peers.map((rule) => ruled(rule, { failureShare: one.failing, slowShare: one.slow }, runs));
    rows.push(...goalsOf(one, ours, theirs), ...theirs.map((peer) => peerRow(one.what, peer)));
  }
  return { name: 'rollout', rows: [...rows, ...(await healthyRows(quick ? 50 : 1_000, signal))] };
};

/** @typedef {(typeof bad)[number]} Bad */

/**
 * @param {Bad} one
 * @param {Judged} ours
 * @param {readonly Judged[]} theirs
 * @returns {Row[]}
 */
const goalsOf = ({ what, medianS, p95S, minutes }, ours, theirs) => {
  const [quickest] = theirs.toSorted((a, b) => medianOf(a, 'backMs') - medianOf(b, 'backMs'));
  const against = quickest ? { name: quickest.name, medianMs: medianOf(quickest, 'backMs') } : null;
  const medianMs = medianOf(ours, 'backMs');
  const p95Ms = quantile(ours.runs.map(backOf), 0.95);
  const trafficMinutes = medianOf(ours, 'trafficMinutes');
  return [
    {
      what: `${what}: back at 0 %, median`,
      ...seconds(medianMs),
      against: against ? `${against.name}: ${Math.round(against.medianMs / 1000)} s` : '',
      ratio: against ? round(medianMs / against.medianMs, 2) : null,
      goal: `<= ${medianS} s`,
      met: medianMs <= medianS * 1000,
    },
    {
      what: `${what}: back at 0 %, p95`,
      ...seconds(p95Ms),
      against: '',
      ratio: null,
      goal: p95S === null ? null : `<= ${p95S} s`,
      met: p95S === null ? null : p95Ms <= p95S * 1000,
    },
    {
      what: `${what}: exposed, median`,
      value: round(trafficMinutes, 3),
      unit: 'min',
      against: `${medianOf(ours, 'failed')} requests failed`,
      ratio: null,
      goal: minutes === null ? null : `<= ${minutes}`,
      met: minutes === null ? null : trafficMinutes <= minutes,
    },
  ];
};

/**
 * @param {string} what
 * @param {Judged} peer
 * @returns {Row}
 */
const peerRow = (what, peer) => {
  const back = medianOf(peer, 'backMs');
  const caught = peer.runs.filter(({ backMs }) => backMs !== null).length / peer.runs.length;
  return {
    what: `  ${what}, by ${peer.name}`,
    ...(Number.isFinite(back) ? seconds(back) : { value: null, unit: 's' }),
    against: `${round(100 * caught, 1)} % caught; ${round(medianOf(peer, 'trafficMinutes'), 2)} min; ${medianOf(peer, 'failed')} failed`,
    ratio: null,
    goal: null,
    met: null,
  };
};

/**
 * @param {number} runs
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Row[]>}
 */
const healthyRows = async (runs, signal) => {
  /** @type {Row[]} */
  const rows = [];
  for (const percent of [0.5, 1]) {
    const ours = await rehearsed(`candidate: { fails: ${percent} }\nstable: { fails: ${percent} }`, runs, signal);
    const theirs = [flaggerDefault, flaggerFastest].map((rule) =>
      ruled(rule, { failureShare: percent / 100 }, Math.min(runs, 200)),
    );
    const aborted = abortedPercent(ours);
    rows.push({
      what: `healthy at ${percent} % errors: wrongly taken back`,
      value: aborted,
      unit: '%',
      against: theirs.map((peer) => `${peer.name}: ${abortedPercent(peer)} %`).join('; '),
      ratio: null,
      goal: '<= 1 %',
      met: aborted <= 1,
    });
  }
  return rows;
};

/**
 * @param {string} behaviour
 * @param {number} runs
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<Judged>}
 */
const rehearsed = async (behaviour, runs, signal) => {
  const rehearsal = canary(behaviour);
  /** @type {Run[]} */
  const all = [];
  for (let seed = 1; seed <= runs; seed++) {
    signal?.throwIfAborted();
    const end = await rehearse(rehearsal, { seed });
    const isBack = end.outcome === 'failed';
    const { failed } = end.candidate;
    all.push({ backMs: isBack ? end.backAfterMs : null, trafficMinutes: end.trafficMinutes, failed });
  }
  return { name: 'Plumbline', runs: all };
};

/**
 * @param {import('./peers/run-rule.js').Rule} rule
 * @param {{ failureShare: number, slowShare?: number }} behaviour
 * @param {number} runs
 * @returns {Judged}
 */
const ruled = (rule, behaviour, runs) => ({
  name: rule.name,
  runs: Array.from({ length: runs }, (_, index) => {
    const end = runRule(rule, trafficOf({ requestsPerSecond: 50, ...behaviour, seed: index + 1 }), {
      untilMs: 3_600_000,
    });
    return { backMs: end.abortedAtMs, trafficMinutes: end.trafficMinutesExposed, failed: end.requestsFailed };
  }),
});

/** @param {Run} run */
const backOf = ({ backMs }) => backMs ?? Number.POSITIVE_INFINITY;

/** @param {Judged} judged */
const abortedPercent = ({ runs }) =>
  round((100 * runs.filter(({ backMs }) => backMs !== null).length) / runs.length, 1);

/**
 * @param {Judged} judged
 * @param {keyof Run} what
 */
const medianOf = ({ runs }, what) =>
  quantile(
    runs.map((one) => one[what] ?? Number.POSITIVE_INFINITY),
    0.5,
  );

/**
 * @param {readonly number[]} values
 * @param {number} share
 */
const quantile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

/** @param {number} ms */
const seconds = (ms) => ({ value: round(ms / 1000, 1), unit: 's' });

/**
 * @param {number} value
 * @param {number} digits
 */
const round = (value, digits) => Number(value.toFixed(digits));
