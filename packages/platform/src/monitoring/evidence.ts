import type { ServiceName } from '@plumbline/contract/names';

/** Cumulative counts of one service of one release. They only grow; whoever cannot read them leaves the service out. */
export interface Tally {
  readonly requests: number;
  /** 5xx answers, and requests that got no complete answer. */
  readonly failed: number;
  readonly slowerThan500ms: number;
  readonly slowerThan1000ms: number;
  /** How many of the requests were probes of ours. */
  readonly synthetic: number;
}

export type Tallies = Readonly<Record<ServiceName, Tally>>;

/** What is counted of both releases up to now. A service that is known to have got no request has `noRequests`. */
export interface Evidence {
  readonly candidate: Tallies;
  readonly stable: Tallies;
}

export const noRequests: Tally = { requests: 0, failed: 0, slowerThan500ms: 0, slowerThan1000ms: 0, synthetic: 0 };

/** One tally as it is followed: what was read last, and what it grew by since the trial began. */
export interface Counter {
  readonly seen: Tally | null;
  readonly grown: Tally;
  /** Why the last reading said nothing: it was not there, or cannot follow the one before it; null when it counted. */
  readonly gap: 'missing' | 'contradicts' | null;
}

export const startCounter = (tally: Tally | undefined): Counter =>
  isReadable(tally) ? { seen: tally, grown: noRequests, gap: null } : { seen: null, grown: noRequests, gap: 'missing' };

/**
 * Reads on. What cannot be read, or fell, adds nothing, and the counts are followed afresh from there. Nothing where there
 * was something is not read either: a source that lost sight of a release says so, and its counts come back whole.
 */
export const readOn = (counter: Counter, tally: Tally | undefined): Counter => {
  if (!isReadable(tally) || isGone(counter, tally))
    return counter.gap === 'missing' ? counter : { ...counter, gap: 'missing' };
  const { seen, gap } = counter;
  if (seen === null) return { ...counter, seen: tally, gap: null };
  const growth = minus(tally, seen);
  if (growth === null) return { ...counter, seen: tally, gap: 'contradicts' };
  if (growth !== noRequests) return { seen: tally, grown: plus(counter.grown, growth), gap: null };
  return gap === 'missing' ? { ...counter, gap: null } : counter;
};

/** What a counter grew by between two readings. */
export const growthOf = (before: Counter, now: Counter): Tally =>
  before.grown === now.grown ? noRequests : (minus(now.grown, before.grown) ?? noRequests);

export const plus = (one: Tally, other: Tally): Tally =>
  other === noRequests
    ? one
    : {
        requests: one.requests + other.requests,
        failed: one.failed + other.failed,
        slowerThan500ms: one.slowerThan500ms + other.slowerThan500ms,
        slowerThan1000ms: one.slowerThan1000ms + other.slowerThan1000ms,
        synthetic: one.synthetic + other.synthetic,
      };

/** Null when any count fell or more failed than were asked; `noRequests` itself when none moved. */
const minus = (now: Tally, before: Tally): Tally | null => {
  const requests = now.requests - before.requests;
  const failed = now.failed - before.failed;
  const slowerThan500ms = now.slowerThan500ms - before.slowerThan500ms;
  const slowerThan1000ms = now.slowerThan1000ms - before.slowerThan1000ms;
  const synthetic = now.synthetic - before.synthetic;
  if (Math.min(requests, failed, slowerThan500ms, slowerThan1000ms, synthetic) < 0) return null;
  if (Math.max(failed, slowerThan500ms, slowerThan1000ms, synthetic) > requests) return null;
  if (requests === 0) return noRequests;
  return { requests, failed, slowerThan500ms, slowerThan1000ms, synthetic };
};

const isGone = ({ seen }: Counter, { requests }: Tally): boolean =>
  requests === 0 && seen !== null && seen.requests > 0;

const isReadable = (tally: Tally | undefined): tally is Tally =>
  tally !== undefined &&
  isCount(tally.requests) &&
  isPart(tally.failed, tally.requests) &&
  isPart(tally.slowerThan500ms, tally.requests) &&
  isPart(tally.slowerThan1000ms, tally.slowerThan500ms) &&
  isPart(tally.synthetic, tally.requests);

const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
const isPart = (count: number, whole: number): boolean => isCount(count) && count <= whole;
