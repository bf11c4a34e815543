// @ts-check
import { quantile, round, seconds } from './judged.js';
import { runBad } from './real/bad-releases.js';
import { openStation } from './real/station.js';
import { criticalMs, walkStrategies, words } from './real/strategies.js';

/** @typedef {import('./judged.js').Row} Row */
/** @typedef {import('./real/strategies.js').Walked} Walked */
/** @typedef {Awaited<ReturnType<typeof runReal>>} Real */

/** Environments side by side, of 50 requests a second each: more of them would make two cores slow, which is a fault too. */
const lanes = 4;
const mostOverCritical = 1.1;

const whole = { lanes, rounds: 3, startMs: 1_500, bakeMs: 10_000, steps: [5, 10, 25, 50, 100] };
const smoke = { lanes, rounds: 1, startMs: 200, bakeMs: 500, steps: [100] };

/**
 * Real processes: bad candidates side by side, and then, alone, good ones by each strategy.
 *
 * @param {readonly import('./real/bad-releases.js').Bad[]} bad
 * @param {{ log: (line: string) => void, quick: boolean, signal: AbortSignal }} how
 */
export const runReal = async (bad, { log, quick, signal }) => {
  const size = quick ? smoke : whole;
  const station = await openStation(signal);
  try {
    const exposures = await runBad(station, bad, { ...size, log, signal });
    return { exposures, walked: await walkStrategies(station, { ...size, log, signal }) };
  } finally {
    await station.close();
  }
};

/** @param {Real} real @param {boolean} quick @returns {Row[]} */
export const realRows = ({ exposures, walked }, quick) => {
  const all = [...exposures.values()].flat();
  const others = all.reduce((sum, { othersFailed }) => sum + othersFailed, 0);
  return [
    {
      what: 'real runs: failed, not by a bad candidate',
      value: others,
      unit: 'requests',
      against: `in ${all.length} real runs`,
      ratio: null,
      goal: '0',
      met: others === 0,
    },
    ...['rolling', 'blue-green', 'canary'].map((strategy) =>
      strategyRow(
        walked.filter((one) => one.strategy === strategy),
        strategy,
        quick,
      ),
    ),
  ];
};

/**
 * The round of the median ratio. A smoke run's steps are too short to be judged by.
 * @param {readonly Walked[]} rounds @param {string} strategy @param {boolean} quick @returns {Row}
 */
const strategyRow = (rounds, strategy, quick) => {
  const ratio = quantile(rounds.map(ratioOf), 0.5);
  const middle = rounds.find((one) => ratioOf(one) === ratio);
  return {
    what: `${strategy}: wall time, median of ${rounds.length}`,
    ...seconds(middle?.wallMs ?? Number.NaN),
    against: middle ? words(middle) : '',
    ratio: round(ratio, 2),
    goal: `<= ${mostOverCritical}`,
    met: quick ? null : ratio <= mostOverCritical,
  };
};

/** @param {Walked} walked */
const ratioOf = (walked) => walked.wallMs / criticalMs(walked);
