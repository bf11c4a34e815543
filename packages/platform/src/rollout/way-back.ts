import type { Shape } from '@plumbline/contract/shape';
import type { RolloutOrder, RolloutStep, Walk } from './walk.ts';
import { shapeOf, unjudged, walkOf } from './walk.ts';

/**
 * The steps from any point of a rollout back to what was live before it. The candidate's weight only falls. Live replicas
 * that were retired are started before the candidate lets go of its visitors, since the few that are left could not
 * serve them all; where the live slot is whole this is one step and starts nothing.
 */
export const planWayBack = (order: RolloutOrder, now: Shape): readonly RolloutStep[] => {
  const walk = walkOf(order);
  if (walk.live === null) return [leave(walk)];
  return isWhole(walk, now) ? [leave(walk)] : [restore(walk, now), leave(walk)];
};

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

const leave = (walk: Walk): RolloutStep => ({
  name: 'leave',
  shape: shapeOf(walk, walk.live?.replicas ?? null, null, 0),
  because: walk.live
    ? `all visitors are with ${walk.live.release} again`
    : 'nothing was live before: the environment is empty again',
  ...unjudged,
});

/** Once promoted, the candidate is the stable slot of the present shape and has every visitor. */
const weightOfCandidate = (walk: Walk, now: Shape): number =>
  now.stable === walk.candidate ? 100 : now.candidateWeightPercent;

const isWhole = (walk: Walk, now: Shape): boolean =>
  Object.entries(walk.live?.replicas ?? {}).every(
    ([service, count]) =>
      (Object.entries(now.slots[walk.stable]?.replicas ?? {}).find(([name]) => name === service)?.[1] ?? 0) >= count,
  );
