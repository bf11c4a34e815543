import { createHash } from 'node:crypto';
import type { Order } from '@plumbline/contract/agent';
import type { ServiceName } from '@plumbline/contract/names';
import { type Cohort, otherSlot, type Slot, slots } from '@plumbline/contract/shape';
import type { RoutedSlot, RoutingTable, Upstream } from '../router/table.ts';
import { specsOf } from './desired.ts';
import { type Facts, isReady } from './facts.ts';
import { type Capacity, candidateWeight, canServe } from './weight.ts';

/** What the router is to know of an environment. The upstream of a replica is the same object for all of its life. */
export const routingTable = (
  order: Order,
  replicas: readonly Facts[],
  upstreamOf: (replica: string) => Upstream | undefined,
): RoutingTable => {
  const { shape } = order;
  const candidate = otherSlot(shape.stable);
  return {
    environment: shape.environment,
    hosts: [`${shape.environment}.localhost`, ...order.hosts].map((host) => host.toLowerCase()),
    rollout: rolloutOf(order),
    stable: routedSlot(order, shape.stable, replicas, upstreamOf),
    candidate: routedSlot(order, candidate, replicas, upstreamOf),
    candidateWeightPercent: weightNow(order, replicas),
    cohort: cohortNow(order, replicas),
    drainWithinMs: Math.max(0, ...slots.flatMap((slot) => specsOf(order, slot).map((one) => one.drainWithinMs))),
  };
};

/** The candidate's weight that its ready replicas allow; 0 while there is none. */
export const weightNow = (order: Order, replicas: readonly Facts[]): number =>
  order.shape.slots[otherSlot(order.shape.stable)] === null
    ? 0
    : candidateWeight(order.shape.candidateWeightPercent, capacities(order, replicas));

/** The cohort that the router sends to the candidate now: the shape's, and none while the candidate could not serve it. */
export const cohortNow = (order: Order, replicas: readonly Facts[]): Cohort | null =>
  order.shape.slots[otherSlot(order.shape.stable)] !== null && canServe(capacities(order, replicas))
    ? (order.shape.cohort ?? null)
    : null;

/** The same for the length of a rollout, though its shapes follow one another: who asks, and for which candidate in which slot. */
const rolloutOf = ({ shape }: Order): string => {
  const slot = otherSlot(shape.stable);
  return createHash('sha256').update(`${shape.holder} ${slot} ${shape.slots[slot]?.release}`).digest('hex').slice(0, 8);
};

const routedSlot = (
  order: Order,
  slot: Slot,
  replicas: readonly Facts[],
  upstreamOf: (replica: string) => Upstream | undefined,
): RoutedSlot | null => {
  const content = order.shape.slots[slot];
  if (content === null) return null;
  const services = specsOf(order, slot).flatMap(({ name, route, assets }) => {
    if (route === null) return [];
    const ready = replicas.filter(
      (one) => one.slot === slot && one.release === content.release && one.service === name && isReady(one),
    );
    return [{ name, route, assets, upstreams: ready.flatMap((one) => upstreamOf(one.id) ?? []) }];
  });
  return { slot, release: content.release, services };
};

const capacities = (order: Order, replicas: readonly Facts[]): readonly Capacity[] => {
  const { stable } = order.shape;
  const candidate = otherSlot(stable);
  const [ofStable, ofCandidate] = [routedNames(order, stable), routedNames(order, candidate)];
  return [...new Set([...ofStable, ...ofCandidate])].map((service) => ({
    inStable: ofStable.has(service),
    inCandidate: ofCandidate.has(service),
    readyStable: readyIn(order, stable, replicas, service),
    readyCandidate: readyIn(order, candidate, replicas, service),
    wantedCandidate: order.shape.slots[candidate]?.replicas[service] ?? 0,
  }));
};

const routedNames = (order: Order, slot: Slot): ReadonlySet<ServiceName> =>
  order.shape.slots[slot] === null
    ? new Set()
    : new Set(specsOf(order, slot).flatMap((spec) => (spec.route === null ? [] : [spec.name])));

const readyIn = (order: Order, slot: Slot, replicas: readonly Facts[], service: ServiceName): number =>
  replicas.filter(
    (one) =>
      one.slot === slot && one.service === service && one.release === order.shape.slots[slot]?.release && isReady(one),
  ).length;
