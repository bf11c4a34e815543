import type { Counts, Observation } from '@plumbline/contract/agent';
import type { ReleaseId, ServiceName } from '@plumbline/contract/names';
import { namedEntries } from '../environments/named.ts';
import { successes } from './chance.ts';
import type { Phase, Scenario } from './scenario.ts';

/** What a release's requests came to, probes of ours among them. */
export interface Tally {
  requests: number;
  failed: number;
  slow: number;
}

/** Visitors in virtual time: so many a second of each service, split between two releases, each of which fails its share. */
export interface Requests {
  /** Visitors of so many milliseconds, with that share for the candidate. Nobody serves where `isUp` says no. */
  come(ms: number, now: number, weightPercent: number, isUp: IsUp): void;
  /** Requests of ours to the candidate. */
  probe(service: ServiceName, count: number, now: number): void;
  of(release: ReleaseId, service: ServiceName): Readonly<Tally>;
  total(release: ReleaseId): Readonly<Tally>;
  /** When the candidate got its first request from a visitor; null before. */
  firstAt(): number | null;
  counts(): Observation['counts'];
  /** Tells what weight the candidate has from now on: phases begin by it. */
  weighs(weightPercent: number, now: number): void;
}

export interface Releases {
  readonly stable: ReleaseId;
  readonly candidate: ReleaseId;
}

type IsUp = (release: ReleaseId, service: ServiceName) => boolean;

export const modelRequests = (scenario: Scenario, releases: Releases, random: () => number): Requests => {
  const services = namedEntries(scenario.requestsPerSecond);
  const due = new Map(services.map(([service]) => [service, random()]));
  const tallies = {
    [releases.stable]: new Map(services.map(([service]) => [service, none()])),
    [releases.candidate]: new Map(services.map(([service]) => [service, none()])),
  };
  const phases = {
    stable: phasesInTime(scenario.stable.phases),
    candidate: phasesInTime(scenario.candidate.phases),
  };
  let firstAt: number | null = null;
  const tallyOf = (release: ReleaseId, service: ServiceName): Tally => tallies[release]?.get(service) ?? none();
  const serve = (side: keyof Releases, service: ServiceName, count: number, now: number, isUp: boolean): void => {
    const tally = tallyOf(releases[side], service);
    const { failing, slow } = phases[side].at(now);
    tally.requests += count;
    tally.failed += isUp ? successes(count, failing, random) : count;
    if (isUp) tally.slow += successes(count, slow, random);
  };
  return {
    come: (ms, now, weightPercent, isUp) => {
      for (const [service, perSecond] of services) {
        const all = (due.get(service) ?? 0) + (perSecond * ms) / 1000;
        const whole = Math.floor(all);
        due.set(service, all - whole);
        const candidates = successes(whole, weightPercent / 100, random);
        if (candidates > 0) firstAt ??= now + ms / (candidates + 1);
        if (candidates > 0) serve('candidate', service, candidates, now, isUp(releases.candidate, service));
        if (whole > candidates) serve('stable', service, whole - candidates, now, isUp(releases.stable, service));
      }
    },
    probe: (service, count, now) => serve('candidate', service, count, now, true),
    of: tallyOf,
    total: (release) => {
      const sum = none();
      for (const { requests, failed, slow } of tallies[release]?.values() ?? []) {
        sum.requests += requests;
        sum.failed += failed;
        sum.slow += slow;
      }
      return sum;
    },
    firstAt: () => firstAt,
    counts: () => ({ ...countsOf(releases.stable, tallies), ...countsOf(releases.candidate, tallies) }),
    weighs: (weightPercent, now) => {
      phases.stable.weighs(weightPercent, now);
      phases.candidate.weighs(weightPercent, now);
    },
  };
};

const none = (): Tally => ({ requests: 0, failed: 0, slow: 0 });

/** A release that got no request is not in the counts, as at a real target. */
const countsOf = (
  release: ReleaseId,
  tallies: Readonly<Record<ReleaseId, ReadonlyMap<ServiceName, Tally>>>,
): Observation['counts'] => {
  const counted: Record<ServiceName, Counts> = {};
  let any = false;
  for (const [service, { requests, failed, slow }] of tallies[release] ?? []) {
    if (requests === 0) continue;
    any = true;
    counted[service] = {
      requests,
      errors: failed,
      status: { '1xx': 0, '2xx': requests - failed, '3xx': 0, '4xx': 0, '5xx': failed },
      slowerThan: { '500': slow, '1000': slow },
      latencyMs: '',
    };
  }
  return any ? { [release]: counted } : {};
};

/** Knows when each phase began or will begin. */
const phasesInTime = (phases: readonly Phase[]) => {
  const beginsAt = phases.map((one) => (one.fromWeightPercent === 0 ? one.afterMs : Number.POSITIVE_INFINITY));
  const well = { failing: 0, slow: 0 };
  return {
    weighs: (weightPercent: number, now: number): void =>
      phases.forEach((one, index) => {
        if (beginsAt[index] === Number.POSITIVE_INFINITY && weightPercent >= one.fromWeightPercent)
          beginsAt[index] = now + one.afterMs;
      }),
    at: (now: number): { readonly failing: number; readonly slow: number } => {
      for (let index = phases.length - 1; index >= 0; index--)
        if (now >= (beginsAt[index] ?? Number.POSITIVE_INFINITY)) return phases[index] ?? well;
      return well;
    },
  };
};
