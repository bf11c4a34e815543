import { DDSketch } from '@datadog/sketches-js';
import { type Counts, counts } from '@plumbline/contract/agent';
import {
  type EnvironmentName,
  environmentName,
  type ReleaseId,
  releaseId,
  serviceName,
} from '@plumbline/contract/names';
import { z } from 'zod';
import type { Answered } from './answered.ts';

const ofReleases = z.record(releaseId, z.record(serviceName, counts));
/** By release and service. */
export type CountsOfReleases = z.infer<typeof ofReleases>;

/** What is kept across a restart of the agent: parse it with this. */
export const savedCounts = z.record(environmentName, ofReleases);
export type SavedCounts = z.infer<typeof savedCounts>;

export interface Counting {
  /** Fit to be the router's `answered`. */
  readonly add: (one: Answered) => void;
  /** For a release that no slot holds any more. */
  forget(environment: EnvironmentName, release: ReleaseId): void;
  save(): SavedCounts;
}

/** Cumulative counts, from where `saved` left off. */
export const createCounting = (saved: SavedCounts = {}): Counting => {
  const environments = new Map<EnvironmentName, Map<ReleaseId, Map<string, Tally>>>();
  for (const [environment, release, service, kept] of rowsOf(saved)) {
    const services = within(within(environments, environment), release);
    services.set(service, restoreTally(kept));
  }
  const read = (releases: ReadonlyMap<ReleaseId, ReadonlyMap<string, Tally>>): CountsOfReleases =>
    ofReleases.parse(nested(releases, (services) => nested(services, countsOf)));
  return {
    add(one) {
      const services = within(within(environments, one.environment), one.release);
      const tally = services.get(one.service) ?? emptyTally();
      services.set(one.service, tally);
      addTo(tally, one);
    },
    forget: (environment, release) => void environments.get(environment)?.delete(release),
    save: () => savedCounts.parse(nested(environments, read)),
  };
};

/** Of two agents, or of two stretches of time: everything adds up, the sketch included. */
export const mergeCounts = (one: Counts, other: Counts): Counts => {
  const tally = restoreTally(one);
  const more = restoreTally(other);
  tally.requests += more.requests;
  tally.errors += more.errors;
  for (const kind of statusKinds) tally.status[kind] += more.status[kind];
  for (const limit of limits) tally.slowerThan[limit] += more.slowerThan[limit];
  tally.latencyMs.merge(more.latencyMs);
  return countsOf(tally);
};

/** For reading a quantile out of `counts.latencyMs`; the median is 0.5. Null where nothing was measured. */
export const latencyQuantileMs = (one: Counts, quantile: number): number | null => {
  const sketch = readSketch(one.latencyMs);
  return sketch.count === 0 ? null : sketch.getValueAtQuantile(quantile);
};

const statusKinds = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const limits = ['500', '1000'] as const;

interface Tally {
  requests: number;
  errors: number;
  status: Record<(typeof statusKinds)[number], number>;
  slowerThan: Record<(typeof limits)[number], number>;
  latencyMs: DDSketch;
}

/** A 5xx, or no complete answer to a client that was there to the end. */
export const isFailed = ({ status, complete, clientGone }: Answered): boolean =>
  status >= 500 || (!complete && !clientGone);

const addTo = (tally: Tally, one: Answered): void => {
  tally.requests += 1;
  if (isFailed(one)) tally.errors += 1;
  const kind = statusKinds[Math.floor(one.status / 100) - 1];
  if (kind !== undefined) tally.status[kind] += 1;
  for (const limit of limits) if (one.waitMs > Number(limit)) tally.slowerThan[limit] += 1;
  // A client that left before the answer cuts the time short, and would make a slow service look quick.
  if (!one.clientGone || one.status !== 499) tally.latencyMs.accept(one.waitMs);
};

const relativeAccuracy = 0.01;

const emptyTally = (): Tally => ({
  requests: 0,
  errors: 0,
  status: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  slowerThan: { '500': 0, '1000': 0 },
  latencyMs: new DDSketch({ relativeAccuracy }),
});

const restoreTally = (kept: Counts): Tally => ({
  ...kept,
  status: { ...kept.status },
  slowerThan: { ...kept.slowerThan },
  latencyMs: readSketch(kept.latencyMs),
});

const countsOf = (tally: Tally): Counts => ({
  ...tally,
  status: { ...tally.status },
  slowerThan: { ...tally.slowerThan },
  latencyMs: Buffer.from(tally.latencyMs.toProto()).toString('base64'),
});

const readSketch = (base64: string): DDSketch => DDSketch.fromProto(Buffer.from(base64, 'base64'));

const within = <Outer, Inner, Value>(outer: Map<Outer, Map<Inner, Value>>, key: Outer): Map<Inner, Value> => {
  const there = outer.get(key);
  if (there !== undefined) return there;
  const made = new Map<Inner, Value>();
  outer.set(key, made);
  return made;
};

const nested = <Value, Read>(map: ReadonlyMap<string, Value>, read: (value: Value) => Read): Record<string, Read> =>
  Object.fromEntries([...map].map(([key, value]) => [key, read(value)]));

function* rowsOf(saved: SavedCounts): Iterable<[EnvironmentName, ReleaseId, string, Counts]> {
  for (const [environment, releases] of Object.entries(saved)) {
    for (const [release, services] of Object.entries(releases)) {
      for (const [service, kept] of Object.entries(services)) {
        yield [environmentName.parse(environment), releaseId.parse(release), service, kept];
      }
    }
  }
}
