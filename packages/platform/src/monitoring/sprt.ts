/**
 * A sequential probability ratio test (Wald 1945) in whole points: a failed request scores `perFailure`, any other one −1.
 *
 * The log-likelihood ratio of "a share `bad` fails" against "a share `good` fails" goes up by ln(bad/good) with a failed
 * request and down by ln((1−good)/(1−bad)) with another one; only the ratio of the two matters, and rounded to a whole
 * number it makes the score a walk on integers that goes down one by one. So the chances below are exact, with no
 * allowance for what a step overshoots.
 */
export const pointsPerFailure = (good: number, bad: number): number =>
  Math.round(Math.log(bad / good) / Math.log((1 - good) / (1 - bad)));

/**
 * Chance that the score ever reaches `limit`, however long one looks, when a share `failing` fails.
 *
 * Of a walk that goes down one by one, the chance to stay below `limit` is W(limit) ÷ W(∞), where W(1) = 1 and
 * (1−p)·W(x+1) = W(x) − p·W(x−perFailure): the scale function of the walk (Takács 1967, the ballot theorem's ruin problem).
 */
export const chanceEverReached = (failing: number, perFailure: number, limit: number): number => {
  const driftDown = 1 - failing * (perFailure + 1);
  if (driftDown <= 0) return 1;
  const scale = new Float64Array(limit + 1);
  scale[1] = 1;
  for (let x = 1; x < limit; x++) {
    const before = x > perFailure ? at(scale, x - perFailure) : 0;
    scale[x + 1] = (at(scale, x) - failing * before) / (1 - failing);
  }
  return 1 - (at(scale, limit) * driftDown) / (1 - failing);
};

/** The least limit that a score reaches with a chance of `alpha` at most, when a share `good` fails. */
export const failLimit = (good: number, perFailure: number, alpha: number): number =>
  leastWhere((limit) => chanceEverReached(good, perFailure, limit) <= alpha);

/**
 * How many points below zero a score has to be for a pass, so that it ever gets there with a chance of `beta` at most
 * when a share `bad` fails. It goes down one by one, so that chance is the chance of one step down, ever, to that power.
 */
export const passPoints = (bad: number, perFailure: number, beta: number): number =>
  Math.ceil(Math.log(beta) / Math.log(chanceEverOneDown(bad, perFailure)));

/** The least whole number from 1 on that satisfies a condition which, once true, stays true. */
const leastWhere = (holds: (n: number) => boolean): number => {
  let enough = 1;
  while (!holds(enough)) enough *= 2;
  let tooLittle = Math.floor(enough / 2);
  while (enough - tooLittle > 1) {
    const middle = Math.floor((enough + tooLittle) / 2);
    if (holds(middle)) enough = middle;
    else tooLittle = middle;
  }
  return enough;
};

/** The smallest root of q = (1−p) + p·q^(perFailure+1): one down at once, or up and then down that many times more. */
const chanceEverOneDown = (failing: number, perFailure: number): number => {
  let chance = 0;
  for (let turn = 0; turn < 10_000; turn++) {
    const next = 1 - failing + failing * chance ** (perFailure + 1);
    if (next - chance < 1e-13) return next;
    chance = next;
  }
  return chance;
};

const at = (values: Float64Array, index: number): number => values[index] ?? 0;
