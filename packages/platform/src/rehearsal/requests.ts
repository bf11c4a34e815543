import type { Observation } from '@plumbline/contract/agent';
import type { ReleaseId, ServiceName } from '@plumbline/contract/names';
import { namedEntries } from '../environments/named.ts';
import { successes } from './chance.ts';
import type { Phase, Scenario } from './scenario.ts';

/** What requests came to, probes of ours among them. */
export interface Tally {
  readonly requests: number;
  readonly failed: number;
  readonly slow: number;
}

/** Visitors in virtual time: so many a second of each service, split between two releases, each of which fails its share. */
export interface Requests {
  /** Visitors of so many milliseconds, with that share for the candidate. Nobody serves where `isUp` says no. */
  come(ms: number, now: number, sharePercent: number, isUp: IsUp): void;
  /** Requests of ours to the candidate. */
  probe(service: ServiceName, count: number, areWell: boolean, now: number): void;
  of(release: ReleaseId, service: ServiceName): number;
  total(release: ReleaseId): Tally;
  /** When the candidate got its first request from a visitor; null before. */
  firstAt(): number | null;
  /** As a target counts, up to now: a copy would cost more than all the rest of a look. */
  counts(): Observation['counts'];
  /** Tells what share the candidate has from now on: phases begin by it. */
  weighs(sharePercent: number, now: number): void;
}

export interface Releases {
  readonly stable: ReleaseId;
  readonly candidate: ReleaseId;
}

type IsUp = (release: ReleaseId, service: ServiceName) => boolean;

/** One service of one release. */
interface Counter {
  requests: number;
  errors: number;
  readonly status: { '1xx': number; '2xx': number; '3xx': number; '4xx': number; '5xx': number };
  readonly slowerThan: { '500': number; '1000': number };
  readonly latencyMs: string;
}

interface Side {
  readonly release: ReleaseId;
  readonly phases: ReturnType<typeof phasesInTime>;
  /** Services that got a request; a release without any is not in the counts, as at a real target. */
  readonly counted: Record<ServiceName, Counter>;
}

export const modelRequests = (scenario: Scenario, releases: Releases, random: () => number): Requests => {
  const services = namedEntries(scenario.requestsPerSecond);
  const due = services.map(() => random());
  const sideOf = (side: keyof Releases): Side => ({
    release: releases[side],
    phases: phasesInTime(scenario[side].phases),
    counted: {},
  });
  const [stable, candidate] = [sideOf('stable'), sideOf('candidate')];
  const counts: Record<ReleaseId, Side['counted']> = {};
  let firstAt: number | null = null;
  const serve = (side: Side, service: ServiceName, count: number, { failing, slow }: Ways): void => {
    counts[side.release] ??= side.counted;
    side.counted[service] ??= newCounter();
    add(side.counted[service], count, successes(count, failing, random), successes(count, slow, random));
  };
  const visit = (service: ServiceName, count: number, theirs: number, now: number, isUp: IsUp): void => {
    const waysOf = (side: Side) => (isUp(side.release, service) ? side.phases.at(now) : down);
    if (theirs > 0) serve(candidate, service, theirs, waysOf(candidate));
    if (count > theirs) serve(stable, service, count - theirs, waysOf(stable));
  };
  return {
    come: (ms, now, sharePercent, isUp) => {
      services.forEach(([service, perSecond], index) => {
        const all = (due[index] ?? 0) + (perSecond * ms) / 1000;
        const whole = Math.floor(all);
        due[index] = all - whole;
        const theirs = successes(whole, sharePercent / 100, random);
        if (theirs > 0) firstAt ??= now + ms / (theirs + 1);
        visit(service, whole, theirs, now, isUp);
      });
    },
    probe: (service, count, areWell, now) =>
      serve(candidate, service, count, areWell ? well : candidate.phases.at(now)),
    of: (release, service) => counts[release]?.[service]?.requests ?? 0,
    total: (release) => totalOf(Object.values(counts[release] ?? {})),
    firstAt: () => firstAt,
    counts: () => counts,
    weighs: (sharePercent, now) => {
      stable.phases.weighs(sharePercent, now);
      candidate.phases.weighs(sharePercent, now);
    },
  };
};

type Ways = Pick<Phase, 'failing' | 'slow'>;

const down: Ways = { failing: 1, slow: 0 };
const well: Ways = { failing: 0, slow: 0 };

const newCounter = (): Counter => ({
  requests: 0,
  errors: 0,
  status: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  slowerThan: { '500': 0, '1000': 0 },
  latencyMs: '',
});

const add = (counter: Counter, requests: number, failed: number, slow: number): void => {
  counter.requests += requests;
  counter.errors += failed;
  counter.status['2xx'] += requests - failed;
  counter.status['5xx'] += failed;
  counter.slowerThan['500'] += slow;
  counter.slowerThan['1000'] += slow;
};

const totalOf = (counters: readonly Counter[]): Tally => {
  const sum = (pick: (one: Counter) => number) => counters.reduce((all, one) => all + pick(one), 0);
  return {
    requests: sum((one) => one.requests),
    failed: sum((one) => one.errors),
    slow: sum((one) => one.slowerThan['1000']),
  };
};

/** Knows when each phase began or will begin. */
const phasesInTime = (phases: readonly Phase[]) => {
  const beginsAt = phases.map((one) => (one.fromWeightPercent === 0 ? one.afterMs : Number.POSITIVE_INFINITY));
  return {
    weighs: (sharePercent: number, now: number): void =>
      phases.forEach((one, index) => {
        if (beginsAt[index] === Number.POSITIVE_INFINITY && sharePercent >= one.fromWeightPercent)
          beginsAt[index] = now + one.afterMs;
      }),
    at: (now: number): Ways => {
      for (let index = phases.length - 1; index >= 0; index--)
        if (now >= (beginsAt[index] ?? Number.POSITIVE_INFINITY)) return phases[index] ?? well;
      return well;
    },
  };
};
