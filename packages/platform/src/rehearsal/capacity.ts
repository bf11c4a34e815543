/** Ready replicas of one routed service on both sides, and how many the candidate is to have. */
export interface Capacity {
  readonly inStable: boolean;
  readonly inCandidate: boolean;
  readonly readyStable: number;
  readonly readyCandidate: number;
  readonly wantedCandidate: number;
}

/**
 * The share of visitors that the modelled router gives the candidate, in percent. This is the real router's rule
 * (packages/agent/src/environments/weight.ts): the shape's weight, less while the candidate lacks ready replicas, nothing
 * while it has none, and everything while stable can serve nobody.
 */
export const weightInEffect = (shapePercent: number, services: readonly Capacity[]): number => {
  if (shapePercent === 0) return 0;
  const needed = services.filter((one) => one.inCandidate);
  const stableLacks = services.some((one) => one.inStable && one.readyStable === 0);
  if (needed.some((one) => one.readyCandidate === 0))
    return stableLacks && !needed.some((one) => one.readyCandidate === 0 && one.readyStable > 0) ? shapePercent : 0;
  if (stableLacks) return 100;
  if (needed.every((one) => one.readyCandidate >= one.wantedCandidate)) return shapePercent;
  return Math.min(shapePercent, ...needed.map(shareOf));
};

const shareOf = ({ readyCandidate, readyStable }: Capacity): number =>
  Math.floor((100 * readyCandidate) / (readyCandidate + readyStable));
