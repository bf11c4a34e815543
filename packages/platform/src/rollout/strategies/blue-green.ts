import { fullCandidate, promotion, type RolloutStep, shapeOf, unjudged, type Walk } from '../walk.ts';

/** Fills the other slot whole, tries it on its own address, switches every visitor at once, and keeps the old slot warm through the bake. */
export const blueGreen = (walk: Walk): readonly RolloutStep[] => {
  const live = walk.live?.replicas ?? null;
  return [
    {
      name: 'fill',
      shape: shapeOf(walk, live, fullCandidate(walk), 0),
      because: 'the whole candidate starts beside the live release, without visitors',
      ...unjudged,
      smoke: true,
    },
    {
      name: 'switch',
      shape: shapeOf(walk, live, fullCandidate(walk), 100),
      because: 'the smoke test passed on the candidate: every visitor goes there; the old slot stays warm',
      ...unjudged,
    },
    promotion(walk),
  ];
};
