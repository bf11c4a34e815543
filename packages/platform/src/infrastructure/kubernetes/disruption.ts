import type { ServiceName } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { Place } from '../renderer.ts';
import { slotLabels, slotName, slotSelector } from './labels.ts';

/** Nodes are emptied one pod at a time; one that is not ready anyway never holds a node back (E5-5). */
export const budgetOf = (place: Place, service: ServiceName, slot: Slot): IPodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: {
    name: slotName(place, service, slot),
    namespace: place.names.namespace,
    labels: slotLabels(place, service, slot),
  },
  spec: {
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: slotSelector(place, service, slot) },
  },
});
