// @ts-check
/** @typedef {import('./run-rule.js').Counts} Counts */

/**
 * A candidate beside a stable release that never fails and is never slow. Shares are of 1; `fromWeightPercent` is for a
 * defect that shows under load alone. One seed is one traffic: a request has the same luck whichever rule routes it.
 *
 * @param {{
 *   requestsPerSecond: number, failureShare: number, slowShare?: number, fromWeightPercent?: number, seed?: number,
 * }} given
 * @returns {import('./run-rule.js').Traffic}
 */
export const trafficOf =
  ({ requestsPerSecond, failureShare, slowShare = 0, fromWeightPercent = 0, seed = 1 }) =>
  () => {
    const random = randomFrom(seed);
    let asked = 0;
    let seconds = 0;
    return (weightPercent) => {
      const canary = nothing();
      const stable = nothing();
      const isDefective = weightPercent >= fromWeightPercent;
      seconds++;
      for (; asked < Math.floor(requestsPerSecond * seconds); asked++) {
        const luck = { route: random(), failure: random(), slowness: random() };
        if (luck.route * 100 >= weightPercent) {
          stable.requests++;
          continue;
        }
        canary.requests++;
        canary.failed += Number(isDefective && luck.failure < failureShare);
        canary.slow += Number(isDefective && luck.slowness < slowShare);
      }
      return { canary, stable };
    };
  };

/** @returns {Counts} */
const nothing = () => ({ requests: 0, failed: 0, slow: 0 });

/**
 * Numbers in [0, 1), the same ones for the same seed: mulberry32, which is in the public domain.
 *
 * @param {number} seed
 */
const randomFrom = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
