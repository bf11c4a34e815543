import type { Shape } from '@plumbline/contract/shape';
import type { Replicas, RolloutOrder, RolloutStep, Walk } from './walk.ts';
import { shapeOf, unjudged, walkOf } from './walk.ts';

/**
 * The steps from any point of a rollout back to what was live before it. The candidate's weight only falls. Live replicas
 * that were retired are started before the candidate lets go of its visitors, since the few that are left could not
 * serve them all; where the live slot is whole nothing is started. Who has a page of the candidate open still loads its
 * hashed assets, so what serves them stays a moment longer than the visitors.
 */
export const planWayBack = (order: RolloutOrder, now: Shape): readonly RolloutStep[] => {
  const walk = walkOf(order);
  if (walk.live === null) return [leave(walk)];
  const kept = assetsKept(walk, now);
  return [
    ...(isWhole(walk, now) ? [] : [restore(walk, now)]),
    ...(kept === null ? [] : [takeBack(walk, kept)]),
    leave(walk),
  ];
};

/** How long a page may take to load what it names: browsers ask for hashed assets as soon as they have read it. */
const pageLoadsWithinMs = 3_000;

const restore = (walk: Walk, now: Shape): RolloutStep => ({
  name: 'restore',
  shape: shapeOf(
    walk,
    walk.live?.replicas ?? null,
    now.slots[walk.candidate]?.replicas ?? null,
    weightOfCandidate(walk, now),
  ),
  because: 'the live release gets its retired replicas back before it gets all visitors',
  ...unjudged,
});

const takeBack = (walk: Walk, kept: Replicas): RolloutStep => ({
  name: 'take back',
  shape: shapeOf(walk, walk.live?.replicas ?? null, kept, 0),
  because: 'all visitors go back; pages of the candidate that are open still load their assets',
  ...unjudged,
  lingerMs: pageLoadsWithinMs,
});

const leave = (walk: Walk): RolloutStep => ({
  name: 'leave',
  shape: shapeOf(walk, walk.live?.replicas ?? null, null, 0),
  because: walk.live
    ? `all visitors are with ${walk.live.release} again`
    : 'nothing was live before: the environment is empty again',
  ...unjudged,
});

/** The candidate's replicas that serve hashed assets to pages it has given out; null where it gave out none. */
const assetsKept = (walk: Walk, now: Shape): Replicas | null => {
  const { order, live, candidate } = walk;
  const there = now.slots[candidate]?.replicas ?? {};
  const hadVisitors = weightOfCandidate(walk, now) > 0 || now.cohort !== undefined;
  const serving = order.withAssets.filter((service) => (there[service] ?? 0) > 0);
  if (!hadVisitors || serving.length === 0 || live?.release === order.release) return null;
  return Object.fromEntries(order.routed.map((service) => [service, serving.includes(service) ? 1 : 0]));
};

/** Once promoted, the candidate is the stable slot of the present shape and has every visitor. */
const weightOfCandidate = (walk: Walk, now: Shape): number =>
  now.stable === walk.candidate ? 100 : now.candidateWeightPercent;

const isWhole = (walk: Walk, now: Shape): boolean =>
  Object.entries(walk.live?.replicas ?? {}).every(
    ([service, count]) =>
      (Object.entries(now.slots[walk.stable]?.replicas ?? {}).find(([name]) => name === service)?.[1] ?? 0) >= count,
  );
