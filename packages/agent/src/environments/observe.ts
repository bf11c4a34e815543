import type { Observation, Order, Replica } from '@plumbline/contract/agent';
import { otherSlot } from '@plumbline/contract/shape';
import type { Group } from './desired.ts';
import { becauseOf, type Facts, isReady, stateOf } from './facts.ts';
import { type HeldReplica, lastLines } from './held-replica.ts';
import { cohortNow, weightNow } from './table.ts';

/** Whether all is as ordered: what is wanted is there and ready, nothing else is, weight and cohort are in effect. */
export const isConverged = (order: Order | null, groups: readonly Group[], replicas: readonly Facts[]): boolean => {
  if (order === null) return replicas.length === 0;
  const wanted = groups.reduce((sum, group) => sum + group.wanted, 0);
  const hasCandidate = order.shape.slots[otherSlot(order.shape.stable)] !== null;
  return (
    replicas.length === wanted &&
    groups.every((group) => replicas.filter((one) => isReady(one) && isAsWanted(group, one)).length === group.wanted) &&
    (!hasCandidate || isTrafficAsWanted(order, replicas))
  );
};

const isTrafficAsWanted = (order: Order, replicas: readonly Facts[]): boolean =>
  weightNow(order, replicas) === order.shape.candidateWeightPercent &&
  cohortNow(order, replicas) === (order.shape.cohort ?? null);

const isAsWanted = (group: Group, one: Facts): boolean =>
  group.slot === one.slot &&
  group.service === one.service &&
  group.release === one.release &&
  group.program === one.program;

export const observedReplica = (one: HeldReplica): Replica => {
  const { facts, upstream, running } = one;
  return {
    id: facts.id,
    service: facts.service,
    slot: facts.slot,
    release: facts.release,
    state: stateOf(facts),
    since: one.sinceMs,
    pid: running?.identity.pid ?? null,
    port: running ? (upstream?.port ?? null) : null,
    restarts: facts.restarts,
    because: becauseOf(facts),
    lastLines: lastLines(one),
    inFlight: upstream?.inFlight ?? 0,
  };
};

/** Where the environment is reached: names on the common port, and a port of its own. */
export const addressesOf = (environment: string, routerPort: number, plainPort: number): Observation['addresses'] => ({
  name: `http://${environment}.localhost:${routerPort}`,
  plain: `http://127.0.0.1:${plainPort}`,
  candidate: `http://candidate.${environment}.localhost:${routerPort}`,
});
