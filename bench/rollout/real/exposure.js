// @ts-check
/** @typedef {import('./load.js').Answer} Answer */
/** @typedef {import('@plumbline/contract/agent').Observation} Observation */
/** @typedef {Pick<Observation, 'now' | 'shape' | 'candidateWeightPercent'>} Seen */
/** @typedef {{ backMs: number | null, trafficMinutes: number, failed: number, othersFailed: number }} Exposure */

/**
 * What visitors had of a candidate, from what the router told of itself and from what they were answered: from its first
 * answer until its weight was 0 (null where that never happened), its share of all visitors times the minutes that they
 * got it, its own failed answers, and failures that were not its own.
 *
 * @param {string} release the candidate
 * @param {readonly Seen[]} seen in order, each from the moment of a change on; the last ends the count
 * @param {readonly Answer[]} answers of the environment meanwhile
 * @returns {Exposure}
 */
export const exposureOf = (release, seen, answers) => {
  const its = answers.filter(({ by }) => by?.release === release);
  const first = Math.min(...its.map(({ answered }) => answered));
  const shares = seen.map((one) => sharePercent(release, one));
  const minutes = seen
    .slice(1)
    .map(({ now }, index) => ((shares[index] ?? 0) / 100) * ((now - (seen[index]?.now ?? now)) / 60_000));
  const last = shares.findLastIndex((share) => share > 0);
  const backAt = seen[last + 1]?.now;
  return {
    backMs: backAt === undefined || its.length === 0 ? null : Math.max(0, backAt - first),
    trafficMinutes: minutes.reduce((sum, one) => sum + one, 0),
    failed: its.filter(({ failed }) => failed).length,
    othersFailed: answers.filter(({ by, failed }) => failed && by?.release !== release).length,
  };
};

/** Once promoted it is the stable slot's, and gets whom the other does not. @param {string} release @param {Seen} seen */
const sharePercent = (release, { shape, candidateWeightPercent }) => {
  if (shape === null) return 0;
  const { stable, slots } = shape;
  if (slots[stable]?.release === release) return 100 - candidateWeightPercent;
  return slots[stable === 'blue' ? 'green' : 'blue']?.release === release ? candidateWeightPercent : 0;
};
