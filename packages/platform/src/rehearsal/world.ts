import type { Applied, Observation } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import { environmentName, type ReleaseId, releaseId, type ServiceName } from '@plumbline/contract/names';
import { type OrderedShape, otherSlot, type Shape, type Slot, slots } from '@plumbline/contract/shape';
import { isFailure } from '../kernel/patience.ts';
import type { RolloutOrder, RolloutStep } from '../rollout/walk.ts';
import { type Capacity, weightInEffect } from './capacity.ts';
import { modelReplicas, type Replicas } from './replicas.ts';
import { modelRequests, type Releases, type Requests } from './requests.ts';
import type { Fault, Scenario } from './scenario.ts';

/** What became of an order that reached the target. */
export interface Arrival {
  readonly atMs: number;
  readonly step: string;
  readonly generation: number;
  readonly effect: 'changed' | 'same' | 'refused';
}

/** A step's shape under the generation that it was given. */
export interface GivenOrder {
  readonly step: RolloutStep;
  readonly generation: number;
}

/** An environment in virtual time: a target with its replicas, its router and its visitors. */
export interface World {
  readonly releases: Releases;
  readonly requests: Requests;
  readonly replicas: Replicas;
  readonly arrivals: readonly Arrival[];
  /** Milliseconds since the rollout began. */
  now(): number;
  /** Lets time pass, with all that happens in it. */
  passTo(atMs: number): void;
  /** When replicas or faults change something next. */
  changesAt(): number;
  /** Makes the shape so. Throws `stale-generation` for one that is lower than an earlier one. */
  apply(order: GivenOrder): Applied;
  /** An order of one who was thought dead gets there after all. */
  arriveLater(atMs: number, order: GivenOrder): void;
  /** When the last of those is there. */
  lastArrivalAt(): number;
  observe(): Observation;
  /** When the target answers again; now, unless it is away. */
  answersAt(): number;
  /** The share of visitors whom the candidate's release serves, in percent. */
  share(): number;
  /** Called whenever replicas, shape or share have changed. */
  onChange(look: () => void): void;
  shape(): Shape | null;
}

interface State {
  readonly scenario: Scenario;
  readonly order: RolloutOrder;
  readonly releases: Releases;
  readonly replicas: Replicas;
  readonly requests: Requests;
  readonly arrivals: Arrival[];
  readonly faults: Fault[];
  readonly late: { readonly atMs: number; readonly order: GivenOrder }[];
  readonly looks: (() => void)[];
  now: number;
  changesAt: number;
  lastArrivalAt: number;
  shape: OrderedShape | null;
  generation: number;
  revision: number;
  weight: number;
  share: number;
  seen: Observation | null;
  /** The last that could be read, where they cannot be read always. */
  counts: Observation['counts'];
  /** When the counts were told last. */
  countedAt: number;
  readonly countsFail: boolean;
}

/** Longest stretch that is counted at once, in milliseconds: behaviour changes at its begin. */
const stretchMs = 500;
const environment = environmentName.parse('rehearsal');
/** Stands in for a live release where there is none: whom it should serve gets no answer. */
const nobody = releaseId.parse('r-000000000000');

/** The environment as the order finds it: what is live is ready. */
export const openWorld = (scenario: Scenario, order: RolloutOrder, random: () => number): World => {
  const state = begin(scenario, order, random);
  const { releases, replicas, requests, arrivals, looks } = state;
  if (order.present) {
    state.shape = { ...order.present, environment, generation: 1, holder: 'an earlier delivery', step: 'promote' };
    replicas.want(order.present, 0);
    replicas.allGetReady();
  }
  changed(state);
  return {
    ...{ releases, requests, replicas, arrivals },
    now: () => state.now,
    passTo: (atMs) => passTo(state, atMs),
    changesAt: () => state.changesAt,
    apply: (given) => apply(state, given),
    arriveLater: (atMs, given) => {
      state.late.push({ atMs, order: given });
      state.lastArrivalAt = Math.max(state.lastArrivalAt, atMs);
      state.changesAt = Math.min(state.changesAt, atMs);
    },
    lastArrivalAt: () => state.lastArrivalAt,
    observe: () => observe(state),
    answersAt: () => lasts(state, 'target-away'),
    share: () => state.share,
    onChange: (look) => void looks.push(look),
    shape: () => state.shape,
  };
};

const begin = (scenario: Scenario, order: RolloutOrder, random: () => number): State => {
  const live = order.present?.slots[order.present.stable]?.release ?? nobody;
  const releases = { stable: live, candidate: order.release };
  const startOf = (release: ReleaseId) => scenario[release === order.release ? 'candidate' : 'stable'].start;
  return {
    ...{ scenario, order, releases },
    replicas: modelReplicas(startOf, random),
    requests: modelRequests(scenario, releases, random),
    arrivals: [],
    faults: [...scenario.faults].sort((one, other) => one.atMs - other.atMs),
    ...{ late: [], looks: [], now: 0, changesAt: 0, lastArrivalAt: 0 },
    countsFail: scenario.faults.some(({ kind }) => kind.startsWith('counts')),
    ...{ shape: null, generation: 1, revision: 0, weight: 0, share: 0, seen: null, counts: {}, countedAt: 0 },
  };
};

const passTo = (state: State, atMs: number): void => {
  while (state.now < atMs) {
    const until = Math.max(Math.min(atMs, state.now + stretchMs, state.changesAt), state.now);
    if (until > state.now) {
      const { now, share } = state;
      if (state.shape)
        state.requests.come(until - now, now, share, (release, service) => isUp(state, release, service));
      state.now = until;
    }
    if (state.changesAt <= state.now) happen(state);
  }
};

const happen = (state: State): void => {
  const { now, faults, late, replicas } = state;
  replicas.happen(now);
  while ((faults[0]?.atMs ?? Number.POSITIVE_INFINITY) <= now) strike(state, faults.shift());
  for (const one of late.filter(({ atMs }) => atMs <= now)) {
    late.splice(late.indexOf(one), 1);
    arrive(state, one.order);
  }
  changed(state);
};

/** Nobody waits for its answer any more. */
const arrive = (state: State, order: GivenOrder): void => {
  try {
    apply(state, order);
  } catch (error) {
    if (!isFailure(error) || error.code !== 'stale-generation') throw error;
  }
};

const apply = (state: State, { step, generation }: GivenOrder): Applied => {
  const { name, shape } = step;
  const effect = generation < state.generation ? 'refused' : isSame(state.shape, shape) ? 'same' : 'changed';
  state.arrivals.push({ atMs: state.now, step: name, generation, effect });
  if (effect === 'refused')
    throw new Failure('stale-generation', `the environment is at generation ${state.generation}, not ${generation}`);
  state.generation = generation;
  state.shape = { ...shape, environment, generation, holder: 'rehearsal', step: name };
  state.replicas.want(shape, state.now);
  changed(state);
  return { effect, generation, revision: state.revision };
};

const changed = (state: State): void => {
  const { replicas, faults, late, shape, order, releases } = state;
  state.revision++;
  state.seen = null;
  state.changesAt = Math.min(
    replicas.nextAt(),
    faults[0]?.atMs ?? Number.POSITIVE_INFINITY,
    ...late.map(({ atMs }) => atMs),
  );
  state.weight = shape ? weightOf(shape, order, replicas) : 0;
  const isPromoted = shape?.slots[shape.stable]?.release === releases.candidate;
  state.share = isPromoted ? 100 : state.weight;
  state.requests.weighs(state.share, state.now);
  for (const look of state.looks) look();
};

/** What was seen before is told again while nothing but time and counts has changed. */
const observe = (state: State): Observation => {
  const { shape, weight, revision, generation, now, replicas, requests } = state;
  state.seen ??= {
    ...{ environment, revision, generation, shape, stores: [], addresses },
    replicas: [...replicas.seen()],
    converged: replicas.areAsWanted() && weight === (shape?.candidateWeightPercent ?? 0),
    candidateWeightPercent: weight,
    counts: requests.counts(),
    slotCounts: bySlot(shape, requests.counts()),
    countsAgeMs: 0,
    now,
  };
  if (!state.countsFail) return state.seen;
  const counts = countsNow(state);
  return { ...state.seen, counts, slotCounts: bySlot(shape, counts), countsAgeMs: now - state.countedAt, now };
};

/** Each release stays in its slot as long as it is rehearsed. Read when they are asked for, since counts grow meanwhile. */
const bySlot = (shape: OrderedShape | null, counts: Observation['counts']): Observation['slotCounts'] => {
  const inSlot = (slot: Slot) => {
    const release = shape?.slots[slot]?.release;
    return (release && counts[release]) ?? {};
  };
  return {
    get blue() {
      return inSlot('blue');
    },
    get green() {
      return inSlot('green');
    },
  };
};

const addresses = { name: '', plain: '', candidate: '' };

const countsNow = (state: State): Observation['counts'] => {
  if (lasts(state, 'counts-missing') > state.now) return {};
  if (lasts(state, 'counts-stand-still') > state.now) return state.counts;
  state.countedAt = state.now;
  state.counts = structuredClone(state.requests.counts());
  return state.counts;
};

/** Until when a fault of that kind lasts; now, where there is none. */
const lasts = ({ scenario, now }: State, kind: Exclude<Fault['kind'], 'replicas-die'>): number => {
  let until = now;
  for (const one of scenario.faults)
    if (one.kind === kind && one.atMs <= now) until = Math.max(until, one.atMs + one.forMs);
  return until;
};

const isSame = (held: OrderedShape | null, shape: Shape): boolean =>
  held !== null && contentOf(held) === contentOf(shape);

const contentOf = ({ stable, slots: held, candidateWeightPercent, cohort = null }: Shape): string =>
  JSON.stringify([stable, held, candidateWeightPercent, cohort]);

const weightOf = (shape: Shape, { routed }: RolloutOrder, replicas: Replicas): number => {
  const candidate = shape.slots[otherSlot(shape.stable)];
  if (candidate === null) return 0;
  const stable = shape.slots[shape.stable];
  const services = routed.map(
    (service): Capacity => ({
      inStable: stable !== null && service in stable.replicas,
      inCandidate: service in candidate.replicas,
      readyStable: replicas.ready(shape.stable, service),
      readyCandidate: replicas.ready(otherSlot(shape.stable), service),
      wantedCandidate: candidate.replicas[service] ?? 0,
    }),
  );
  return weightInEffect(shape.candidateWeightPercent, services);
};

const strike = ({ shape, replicas, releases, now }: State, fault: Fault | undefined): void => {
  if (fault?.kind !== 'replicas-die' || !shape) return;
  const slot = slotOf(shape, releases[fault.side]);
  if (slot) replicas.kill(slot, fault.service, fault.count, fault.forGood, now);
};

const isUp = ({ shape, replicas }: State, release: ReleaseId, service: ServiceName): boolean => {
  const slot = shape && slotOf(shape, release);
  return slot ? replicas.ready(slot, service) > 0 : false;
};

const slotOf = (shape: Shape, release: ReleaseId): Slot | undefined =>
  slots.find((slot) => shape.slots[slot]?.release === release);
