/** Ready replicas of one routed service in each slot, and how many the candidate is to have. */
export interface Capacity {
  /** Whether the slot's release has this service at all. */
  readonly inStable: boolean;
  readonly inCandidate: boolean;
  readonly readyStable: number;
  readonly readyCandidate: number;
  readonly wantedCandidate: number;
}

/**
 * The share of new visitors that the candidate gets now, in percent: the shape's, and less while the candidate lacks
 * ready capacity (then its share of what is ready, the least over all services).
 *
 * A shape that gives the candidate nothing is obeyed whatever happens: nobody has tried that release yet, or it was
 * taken away from visitors for a reason. But once it may have visitors and stable cannot serve them at all, it gets all
 * of them: a release on trial that works is less harm than no answer. Where neither can serve, nothing is moved.
 */
export const candidateWeight = (shapePercent: number, services: readonly Capacity[]): number => {
  if (shapePercent === 0) return 0;
  const needed = services.filter((one) => one.inCandidate);
  const candidateLacks = needed.some((one) => one.readyCandidate === 0);
  const stableLacks = services.some((one) => one.inStable && one.readyStable === 0);
  if (candidateLacks) return stableLacks && !candidateIsWorse(needed) ? shapePercent : 0;
  if (stableLacks) return 100;
  if (needed.every((one) => one.readyCandidate >= one.wantedCandidate)) return shapePercent;
  return Math.min(shapePercent, ...needed.map(readySharePercent));
};

/**
 * Whether the candidate has somebody ready for each of its routed services: then its cohort gets it, which a shape may
 * ask for at weight 0 too. With one missing, a new page would talk to stable's other services.
 */
export const canServe = (services: readonly Capacity[]): boolean =>
  services.every((one) => !one.inCandidate || one.readyCandidate > 0);

/** Whether stable can serve something that the candidate cannot. */
const candidateIsWorse = (services: readonly Capacity[]): boolean =>
  services.some((one) => one.readyCandidate === 0 && one.readyStable > 0);

const readySharePercent = ({ readyCandidate, readyStable }: Capacity): number =>
  readyCandidate + readyStable === 0 ? 100 : Math.floor((100 * readyCandidate) / (readyCandidate + readyStable));
