import type { ServiceName } from '@plumbline/contract/names';
import { type CanaryStep, promotion, type Replicas, type RolloutStep, shapeOf, unjudged, type Walk } from '../walk.ts';

/**
 * Starts the candidate without visitors, then gives it to a cohort where there is one, then one share of the visitors after
 * the other; each share needs a verdict before the next. Its replicas follow the weight, so that it always has the
 * capacity for its share, and the live release stays whole: going back starts nothing.
 */
export const canary = (walk: Walk): readonly RolloutStep[] => {
  const { cohort, steps } = walk.order.canary;
  const first = steps[0]?.weightPercent ?? 100;
  return [
    fill(walk, first),
    ...(cohort ? [giveCohort(walk, first, cohort.pause)] : []),
    ...steps.map((step) => give(walk, step)),
    promotion(walk),
  ];
};

const fill = (walk: Walk, weightPercent: number): RolloutStep => ({
  name: 'fill',
  shape: shapeOf(walk, walk.live?.replicas ?? null, replicasFor(walk, weightPercent), 0),
  because: 'the candidate starts beside the live release, without visitors',
  ...unjudged,
  smoke: true,
});

const giveCohort = (walk: Walk, weightPercent: number, pause: boolean): RolloutStep => ({
  name: 'cohort',
  shape: withCohort(walk, weightPercent, 0),
  because: 'the cohort gets the candidate before anybody else',
  ...unjudged,
  pause,
});

const give = (walk: Walk, { weightPercent, pause }: CanaryStep): RolloutStep => ({
  name: `${weightPercent} %`,
  shape: withCohort(walk, weightPercent, weightPercent),
  because: `${weightPercent} % of the visitors get the candidate`,
  smoke: false,
  judged: true,
  pause,
});

const withCohort = (walk: Walk, replicasForPercent: number, weightPercent: number): RolloutStep['shape'] => {
  const shape = shapeOf(walk, walk.live?.replicas ?? null, replicasFor(walk, replicasForPercent), weightPercent);
  const { cohort } = walk.order.canary;
  return cohort ? { ...shape, cohort: cohort.who } : shape;
};

/** As many as serve that share of the visitors, and never none. */
const replicasFor = ({ order }: Walk, weightPercent: number): Replicas =>
  Object.fromEntries(
    order.routed.map((service: ServiceName) => {
      const full = order.replicas[service] ?? 0;
      return [service, Math.min(full, Math.max(1, Math.ceil((full * weightPercent) / 100)))];
    }),
  );
