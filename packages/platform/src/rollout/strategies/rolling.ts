import type { ServiceName } from '@plumbline/contract/names';
import { promotion, type Replicas, type RolloutStep, shapeOf, unjudged, type Walk } from '../walk.ts';

/**
 * Fills the other slot one replica at a time and retires one old replica at a time: n + 1 in all, the specification's
 * maxSurge 1 and maxUnavailable 0. The weight follows the candidate's share of the replicas that stay.
 */
export const rolling = (walk: Walk): readonly RolloutStep[] => {
  const turns = turnsOf(walk);
  return [...Array.from({ length: turns }, (_, index) => turn(walk, index + 1, turns)).flat(), promotion(walk)];
};

const turn = (walk: Walk, k: number, turns: number): readonly RolloutStep[] => {
  const fresh = candidateAfter(walk, k, turns);
  return [
    {
      name: `fill ${k} of ${turns}`,
      shape: shapeOf(walk, liveAfter(walk, k - 1, turns), fresh, weightAfter(walk, k - 1, turns)),
      because:
        k === 1 ? 'the first replicas of the candidate start, without visitors' : 'one more replica of each service',
      ...unjudged,
      smoke: k === 1,
    },
    {
      name: `retire ${k} of ${turns}`,
      shape: shapeOf(walk, liveAfter(walk, k, turns), fresh, weightAfter(walk, k, turns)),
      because: 'the new replicas are ready: as many old ones are drained and retired',
      ...unjudged,
    },
  ];
};

const turnsOf = (walk: Walk): number =>
  Math.max(1, ...walk.order.routed.flatMap((service) => [walk.order.replicas[service] ?? 0, liveCount(walk, service)]));

/** Rounded up, so that with the rounding down of `liveAfter` the two slots together never fall under the full count. */
const candidateAfter = (walk: Walk, k: number, turns: number): Replicas =>
  Object.fromEntries(
    walk.order.routed.map((service) => [service, Math.ceil(((walk.order.replicas[service] ?? 0) * k) / turns)]),
  );

/** Pages of the live release still ask for its hashed assets, so one replica that serves them stays to the promotion. */
const liveAfter = (walk: Walk, k: number, turns: number): Replicas =>
  Object.fromEntries(
    Object.entries(walk.live?.replicas ?? {}).map(([name, count]) => {
      // Object.entries forgets that the keys of replicas are service names.
      const service = name as ServiceName;
      if (!walk.order.routed.includes(service)) return [service, count];
      const kept = walk.order.withAssets.includes(service) ? Math.min(1, count) : 0;
      return [service, Math.max(kept, Math.floor((count * (turns - k)) / turns))];
    }),
  );

const weightAfter = (walk: Walk, k: number, turns: number): number => {
  if (k === 0) return 0;
  if (k === turns) return 100;
  const shares = walk.order.routed.map((service) => {
    const fresh = candidateAfter(walk, k, turns)[service] ?? 0;
    const old = liveAfter(walk, k, turns)[service] ?? 0;
    return fresh + old === 0 ? 1 : fresh / (fresh + old);
  });
  return Math.floor(100 * Math.min(1, ...shares));
};

const liveCount = (walk: Walk, service: ServiceName): number => walk.live?.replicas[service] ?? 0;
