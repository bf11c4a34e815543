// @ts-check
import { abortedPercent, goalRows, peerRow, quickestOf } from './judged.js';
import { flaggerDefault, flaggerFastest, peers } from './peers/rules.js';
import { realRows, runReal } from './real.js';
import { rehearsed, ruled } from './simulated.js';

/** @typedef {import('./judged.js').Row} Row */

/** Bad candidates at 50 requests a second and 5 % weight, as each kind of run is told of them. */
const bad = [
  {
    goals: { what: 'fails all', medianS: 5, p95S: null, minutes: null },
    scenario: 'candidate: { fails: 100 }',
    rates: { failureShare: 1, slowShare: 0 },
    behaviour: { FAILS_PERCENT: 100 },
    smokeRuns: 2,
  },
  {
    goals: { what: 'fails 5 %', medianS: 60, p95S: 150, minutes: 0.05 },
    scenario: 'candidate: { fails: 5 }',
    rates: { failureShare: 0.05, slowShare: 0 },
    behaviour: { FAILS_PERCENT: 5 },
    // One takes up to two minutes.
    smokeRuns: 0,
  },
  {
    goals: { what: 'slow', medianS: 60, p95S: 150, minutes: 0.05 },
    scenario: 'candidate: { slow: 20 }',
    rates: { failureShare: 0, slowShare: 0.2 },
    behaviour: { SLOW_PERCENT: 20, SLOW_MS: 1_200 },
    smokeRuns: 1,
  },
];

/** @typedef {(typeof bad)[number]} Bad */

/**
 * How long bad candidates keep visitors, and how often good ones are taken away: by the engine in virtual time, by real
 * deliveries with real processes, and by the rules of others (`peers/`) on traffic of the same rates. And how long real
 * deliveries of each strategy take over what none could do without.
 *
 * @param {{ log: (line: string) => void, quick: boolean, signal: AbortSignal }} options
 */
export const run = async ({ log, quick, signal }) => {
  const [simulatedRuns, realRuns] = quick ? [20, null] : [200, 10];
  const real = await runReal(
    ['fails 5 %', 'slow', 'fails all'].flatMap((what) =>
      bad
        .filter(({ goals }) => goals.what === what)
        .map(({ behaviour, smokeRuns }) => ({ what, behaviour, runs: realRuns ?? smokeRuns })),
    ),
    { log, quick, signal },
  );
  /** @type {Row[]} */
  const rows = [];
  for (const one of bad) {
    const { what } = one.goals;
    log(`rollout: ${what}, ${simulatedRuns} simulated runs of each`);
    const theirs = peers.map((rule) => ruled(rule, one.rates, simulatedRuns));
    const quickest = quickestOf(theirs);
    const ours = await rehearsed(one.scenario, simulatedRuns, signal);
    rows.push(...goalRows(one.goals, ours, quickest));
    rows.push(...rowsOfReal(one, { name: 'real', runs: real.exposures.get(what) ?? [] }, quickest, quick));
    rows.push(...theirs.map((peer) => peerRow(what, peer)));
  }
  return {
    name: 'rollout',
    rows: [...rows, ...(await healthyRows(quick ? 50 : 1_000, signal)), ...realRows(real, quick)],
  };
};

/**
 * A few runs say too little to be judged by.
 * @param {Bad} one @param {import('./judged.js').Judged} real @param {import('./judged.js').Judged | undefined} quickest @param {boolean} quick
 * @returns {Row[]}
 */
const rowsOfReal = ({ goals }, real, quickest, quick) => {
  if (real.runs.length === 0)
    return [
      {
        what: `${goals.what}, real`,
        value: null,
        unit: 's',
        against: '0 runs in a smoke run',
        ratio: null,
        goal: null,
        met: null,
      },
    ];
  const rows = goalRows(goals, real, quickest);
  return quick ? rows.map((row) => ({ ...row, met: null })) : rows;
};

/**
 * @param {number} runs
 * @param {AbortSignal} signal
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
