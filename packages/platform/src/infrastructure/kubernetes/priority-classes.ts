import type { IPriorityClass } from 'kubernetes-models/scheduling.k8s.io/v1/PriorityClass';
import type { Place } from '../renderer.ts';
import { appLabels } from './labels.ts';

/** Serving requests comes before everything else of the app's. */
export const servingPriority = ({ description }: Place): string => `${description.app}-serving`;

/** A migration waits for room rather than take it from what serves. */
export const migrationPriority = ({ description }: Place): string => `${description.app}-migration`;

/** Both are below the cluster's own, which are at 2,000,000,000, and above what says nothing, at 0. */
export const priorityClasses = (place: Place): readonly IPriorityClass[] => [
  classOf(place, servingPriority(place), 100_000, 'PreemptLowerPriority', 'Answers requests.'),
  classOf(place, migrationPriority(place), 50_000, 'Never', 'Migrates the database before a release.'),
];

const classOf = (
  place: Place,
  name: string,
  value: number,
  preemptionPolicy: IPriorityClass['preemptionPolicy'] & string,
  what: string,
): IPriorityClass => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name, labels: appLabels(place), annotations: { 'kubernetes.io/description': what } },
  value,
  preemptionPolicy,
});
