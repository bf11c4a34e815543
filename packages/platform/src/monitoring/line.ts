import type { Tally } from './evidence.ts';
import type { Judged, Rule } from './rules.ts';

/** Requests of both releases in one stretch of time, as one test counts them. */
export interface Stretch {
  readonly requests: number;
  readonly bad: number;
  readonly synthetic: number;
  readonly stableRequests: number;
  readonly stableBad: number;
}

/** The candidate's points: since the trial began, at their lowest, and what was counted since they were lowest. */
export interface Score {
  readonly points: number;
  readonly low: number;
  readonly sinceLow: Stretch;
}

/** One test under way, with the stable release beside it. */
export interface Line {
  readonly score: Score;
  /** Stable's own CUSUM of the same kind. */
  readonly stablePoints: number;
  /** Once at its limit it counts as ill until it was well, however its points go up and down below. */
  readonly stableIsIll: boolean;
  /** The score when stable was last well, and what was counted since. */
  readonly whenStableWasWell: Score;
  readonly sinceThen: Stretch;
  /** Against the candidate; excused when stable looks bad in the same way at the same time. */
  readonly standing: 'open' | 'against' | 'excused';
}

const nothing: Stretch = { requests: 0, bad: 0, synthetic: 0, stableRequests: 0, stableBad: 0 };
const fresh: Score = { points: 0, low: 0, sinceLow: nothing };

export const newLine: Line = {
  score: fresh,
  stablePoints: 0,
  stableIsIll: false,
  whenStableWasWell: fresh,
  sinceThen: nothing,
  standing: 'open',
};

/** Adds what both releases got since the last look; `doublings` says which CUSUM limit holds by now. */
export const follow = (line: Line, rule: Rule, doublings: number, candidate: Tally, stable: Tally): Line => {
  const grown = stretchOf(rule, candidate, stable);
  const stablePoints = within(line.stablePoints + pointsOf(rule, grown.stableRequests, grown.stableBad), rule.limit);
  const score = scored(line.score, rule, grown);
  if (stablePoints === 0) {
    // What the candidate got while stable was ill too says nothing of it: it goes on from where it was before.
    const kept = line.standing === 'excused' ? line.whenStableWasWell : score;
    const standing = isAgainst(kept, rule, doublings) ? 'against' : 'open';
    return { score: kept, stablePoints, stableIsIll: false, whenStableWasWell: kept, sinceThen: nothing, standing };
  }
  const sinceThen = joined(line.sinceThen, grown);
  const stableIsIll = line.stableIsIll || stablePoints >= rule.limit;
  const explained = stableIsIll && !isClearlyWorse(sinceThen);
  const standing = standingOf(line, isAgainst(score, rule, doublings), explained, score);
  return { score, stablePoints, stableIsIll, whenStableWasWell: line.whenStableWasWell, sinceThen, standing };
};

/** Whether a test begun at the candidate's best moment would have failed it: not proof after many looks, but no time to go on. */
export const isSuspect = (score: Score, rule: Rule): boolean => score.points - score.low >= rule.limit;

export const hasPassed = (score: Score, rule: Rule): boolean => score.low <= -rule.pass;

/** Which count of a tally a rule is about. A warning on slowness is about the lower of the two limits. */
export const badOf = (judged: Judged, level: Rule['level'], tally: Tally): number => {
  if (judged === 'failed') return tally.failed;
  return level === 'fail' ? tally.slowerThan1000ms : tally.slowerThan500ms;
};

const isAgainst = (score: Score, rule: Rule, doublings: number): boolean =>
  score.points >= rule.limit || score.points - score.low >= (rule.cusum[doublings] ?? Number.POSITIVE_INFINITY);

/** An excuse lasts until stable is well, or the candidate got well without it. */
const standingOf = (before: Line, against: boolean, explained: boolean, score: Score): Line['standing'] => {
  const stillIll = before.standing === 'excused' && score.points > before.whenStableWasWell.points;
  if (explained && (against || stillIll)) return 'excused';
  return against ? 'against' : 'open';
};

const stretchOf = (rule: Rule, candidate: Tally, stable: Tally): Stretch => ({
  requests: candidate.requests,
  bad: badOf(rule.judged, rule.level, candidate),
  synthetic: candidate.synthetic,
  stableRequests: stable.requests,
  stableBad: badOf(rule.judged, rule.level, stable),
});

const scored = (score: Score, rule: Rule, grown: Stretch): Score => {
  const points = score.points + pointsOf(rule, grown.requests, grown.bad);
  return points <= score.low
    ? { points, low: points, sinceLow: nothing }
    : { points, low: score.low, sinceLow: joined(score.sinceLow, grown) };
};

const pointsOf = (rule: Rule, requests: number, bad: number): number => (rule.perFailure + 1) * bad - requests;

/** Stable's points stop at the limit, so that it counts as well again as soon as it has been for a while. */
const within = (points: number, limit: number): number => Math.min(Math.max(points, 0), limit);

/** Four standard errors between two shares, seen as one, for it is looked at hundreds of times: stable's trouble does not excuse a candidate that is far worse. */
const isClearlyWorse = ({ requests, bad, stableRequests, stableBad }: Stretch): boolean => {
  if (requests === 0 || stableRequests === 0) return false;
  const share = (bad + stableBad) / (requests + stableRequests);
  const error = Math.sqrt(share * (1 - share) * (1 / requests + 1 / stableRequests));
  return bad / requests - stableBad / stableRequests > 4 * error;
};

const joined = (one: Stretch, other: Stretch): Stretch => ({
  requests: one.requests + other.requests,
  bad: one.bad + other.bad,
  synthetic: one.synthetic + other.synthetic,
  stableRequests: one.stableRequests + other.stableRequests,
  stableBad: one.stableBad + other.stableBad,
});
