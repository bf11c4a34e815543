/**
 * Mean number of requests until a CUSUM (Page 1954) first reaches its limit, when a share `failing` fails: for limit 1, 2, 3
 * and so on. The CUSUM is the score of `sprt.ts` that never goes below zero: a long good past does not hide a fresh fault.
 *
 * Exact: the mean m(s) from s points obeys m(s) = 1 + p·m(s+perFailure) + (1−p)·m(s−1), with m = 0 from the limit on and
 * m(−1) = m(0). The score goes down one by one, so the equations are solved downwards from the limit with m(limit−1) as
 * the one unknown, whose factor is the scale function again; the last equation then gives it.
 */
export function* requestsBetweenAlarms(failing: number, perFailure: number): Generator<number, never> {
  const known: number[] = [0, 0];
  const factor: number[] = [0, 1];
  for (let limit = 1; ; limit++) {
    const [k, f] = [known[limit] ?? 0, factor[limit] ?? 0];
    const [higherK, higherF] = [known[limit - perFailure] ?? 0, factor[limit - perFailure] ?? 0];
    yield k + (f * (1 / failing - k + higherK)) / (f - higherF);
    known.push((k - 1 - failing * higherK) / (1 - failing));
    factor.push((f - failing * higherF) / (1 - failing));
  }
}

/** Doublings of the expected requests for which limits are made: 64 times as many. */
const doublings = 6;

/** Part of alpha that is kept for the requests beyond the expected ones. */
const keptForMore = 0.1;

/**
 * Limits for the expected number of requests, for twice as many, four times, and so on, so that the chance of an alarm is
 * `alpha` at most altogether when a share `good` fails: watching longer asks a little more, and an approval may take hours.
 *
 * A CUSUM that has been going is never below a fresh one, so to stay quiet for n + m requests is no likelier than to stay
 * quiet for n and afresh for m. Then the mean is at most n ÷ P(alarm within n), thus P(alarm within n) ≤ n ÷ mean.
 */
export const cusumLimits = (good: number, perFailure: number, alpha: number, expected: number): readonly number[] => {
  const means = requestsBetweenAlarms(good, perFailure);
  let limit = 1;
  let mean = means.next().value;
  return meansWanted(alpha, expected).map((wanted) => {
    for (; mean < wanted; limit++) mean = means.next().value;
    return limit;
  });
};

const meansWanted = (alpha: number, expected: number): readonly number[] => [
  expected / (alpha * (1 - keptForMore)),
  ...Array.from({ length: doublings }, (_, index) => {
    const many = 2 ** (index + 1);
    return (expected * many * many) / (alpha * keptForMore);
  }),
];

/** How often the expected number of requests was doubled: which of the limits holds. */
export const doublingsAt = (requests: number, expected: number): number =>
  requests <= expected ? 0 : Math.min(Math.ceil(Math.log2(requests / expected)), doublings);
