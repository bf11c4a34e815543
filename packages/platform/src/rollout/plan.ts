import type { StrategyName } from '@plumbline/contract/delivery';
import { strategyOf } from './strategies/index.ts';
import {
  fullCandidate,
  promotion,
  type RolloutOrder,
  type RolloutStep,
  shapeOf,
  unjudged,
  type Walk,
  walkOf,
} from './walk.ts';

/** Every step of a rollout, in order. An empty environment has nothing to be careful with, so all strategies fill it alike. */
export const planRollout = (strategy: StrategyName, order: RolloutOrder): readonly RolloutStep[] => {
  const walk = walkOf(order);
  return walk.live === null ? firstRelease(walk) : strategyOf(strategy)(walk);
};

const firstRelease = (walk: Walk): readonly RolloutStep[] => [
  {
    name: 'fill',
    shape: shapeOf(walk, null, fullCandidate(walk), 0),
    because: 'nothing is live yet: all replicas start at once',
    ...unjudged,
    smoke: true,
  },
  {
    name: 'open',
    shape: shapeOf(walk, null, fullCandidate(walk), 100),
    because: 'the smoke test passed: visitors are let in',
    ...unjudged,
  },
  promotion(walk),
];
