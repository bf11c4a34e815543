// @ts-check
/**
 * `backMs`: from the first request of the candidate until it gets none any more; null where it was never taken back.
 * @typedef {{ backMs: number | null, trafficMinutes: number, failed: number }} Run
 * @typedef {{ name: string, runs: readonly Run[] }} Judged
 * @typedef {{ what: string, value: number | null, unit: string, against: string, ratio: number | null, goal: string | null, met: boolean | null }} Row
 * Goals in seconds and traffic-minutes; null where there is none.
 * @typedef {{ what: string, medianS: number, p95S: number | null, minutes: number | null }} Goals
 */

/**
 * What became of a bad candidate under our judge: median and p95, and what it cost visitors.
 *
 * @param {Goals} goals
 * @param {Judged} ours
 * @param {Judged | undefined} quickest of the others
 * @returns {Row[]}
 */
export const goalRows = ({ what, medianS, p95S, minutes }, ours, quickest) => {
  const label = `${what}, ${ours.name}`;
  const medianMs = medianOf(ours, 'backMs');
  const p95Ms = quantile(ours.runs.map(backOf), 0.95);
  const trafficMinutes = medianOf(ours, 'trafficMinutes');
  return [
    {
      what: `${label}: back at 0 %, median`,
      ...seconds(medianMs),
      against: quickest ? `${quickest.name}: ${Math.round(medianOf(quickest, 'backMs') / 1000)} s` : '',
      ratio: quickest && Number.isFinite(medianMs) ? round(medianMs / medianOf(quickest, 'backMs'), 2) : null,
      goal: `<= ${medianS} s`,
      met: medianMs <= medianS * 1000,
    },
    {
      what: `${label}: back at 0 %, p95`,
      ...seconds(p95Ms),
      against: `of ${ours.runs.length} runs`,
      ratio: null,
      goal: p95S === null ? null : `<= ${p95S} s`,
      met: p95S === null ? null : p95Ms <= p95S * 1000,
    },
    {
      what: `${label}: traffic-minutes exposed, median`,
      value: round(trafficMinutes, 3),
      unit: 'min',
      against: `${medianOf(ours, 'failed')} requests failed; p95 ${p95Of(ours, 'trafficMinutes', 3)} min, ${p95Of(ours, 'failed', 0)} failed`,
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
export const peerRow = (what, peer) => {
  const caught = peer.runs.filter(({ backMs }) => backMs !== null).length / peer.runs.length;
  return {
    what: `  ${what}, by ${peer.name}`,
    ...seconds(medianOf(peer, 'backMs')),
    against: `${round(100 * caught, 1)} % caught; ${round(medianOf(peer, 'trafficMinutes'), 2)} min; ${medianOf(peer, 'failed')} failed`,
    ratio: null,
    goal: null,
    met: null,
  };
};

/** @param {readonly Judged[]} judged */
export const quickestOf = (judged) => judged.toSorted((a, b) => medianOf(a, 'backMs') - medianOf(b, 'backMs'))[0];

/** @param {Judged} judged */
export const abortedPercent = ({ runs }) =>
  round((100 * runs.filter(({ backMs }) => backMs !== null).length) / runs.length, 1);

/** @param {readonly number[]} values @param {number} share */
export const quantile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

/** Never is no number of seconds. @param {number} ms */
export const seconds = (ms) => ({ value: Number.isFinite(ms) ? round(ms / 1000, 1) : null, unit: 's' });

/** @param {number} value @param {number} digits */
export const round = (value, digits) => Number(value.toFixed(digits));

/** @param {Run} run */
const backOf = ({ backMs }) => backMs ?? Number.POSITIVE_INFINITY;

/** @param {Judged} judged @param {keyof Run} what */
const medianOf = ({ runs }, what) =>
  quantile(
    runs.map((one) => one[what] ?? Number.POSITIVE_INFINITY),
    0.5,
  );

/** @param {Judged} judged @param {'trafficMinutes' | 'failed'} what @param {number} digits */
const p95Of = ({ runs }, what, digits) =>
  round(
    quantile(
      runs.map((one) => one[what]),
      0.95,
    ),
    digits,
  );
