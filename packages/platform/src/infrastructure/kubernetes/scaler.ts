import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import type { ServiceName } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IHorizontalPodAutoscalerBehavior } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscalerBehavior';
import type { Day } from '../../freezes/window.ts';
import type { Schedule } from '../infrastructure.ts';
import type { Place } from '../renderer.ts';
import { slotLabels, slotName } from './labels.ts';

/**
 * What changes the number of a slot's replicas: one thing or nothing, never two (E5-8). Each slot has its own, for the name
 * of a single one would be wrong after every rollout (E7-4). A slot that is empty has 0 replicas, which an HPA leaves alone,
 * and which the engine tells KEDA by `autoscaling.keda.sh/paused-replicas`.
 */
export const scalersOf = (
  place: Place,
  service: ServiceName,
  slot: Slot,
): readonly (IHorizontalPodAutoscaler | IScaledObject)[] => {
  const { scaling } = place.settings;
  if (!scaling) return [];
  const { by } = place.infrastructure.scaling;
  switch (by) {
    case 'hpa':
      return [hpaOf(place, service, slot, scaling)];
    case 'keda':
      return [scaledObjectOf(place, service, slot, scaling)];
    default:
      return by satisfies never;
  }
};

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** By CPU alone: V8 seldom gives memory back, so that scaling by memory only ever goes up (E5-9). */
const hpaOf = (place: Place, service: ServiceName, slot: Slot, { min, max }: Bounds): IHorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: metadataOf(place, service, slot),
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: slotName(place, service, slot) },
    minReplicas: min,
    maxReplicas: max,
    metrics: [
      {
        type: 'Resource',
        resource: {
          name: 'cpu',
          target: { type: 'Utilization', averageUtilization: place.infrastructure.scaling.cpuPercent },
        },
      },
    ],
    behavior,
  },
});

/** Up at once, down after five quiet minutes and by a tenth a minute, at least one. */
const behavior: IHorizontalPodAutoscalerBehavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 30 },
      { type: 'Pods', value: 2, periodSeconds: 30 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 10, periodSeconds: 60 },
      { type: 'Pods', value: 1, periodSeconds: 60 },
    ],
  },
};

/** Floor and ceiling are those of the environment (E12-4); the schedule can only raise the floor for some hours. */
const scaledObjectOf = (place: Place, service: ServiceName, slot: Slot, { min, max }: Bounds): IScaledObject => {
  const { cpuPercent, schedule } = place.infrastructure.scaling;
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: {
      ...metadataOf(place, service, slot),
      // An environment that had an HPA keeps it under KEDA, with its replicas (E5-8).
      annotations: { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' },
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: slotName(place, service, slot) },
      minReplicaCount: min,
      maxReplicaCount: max,
      triggers: [
        { type: 'cpu', metricType: 'Utilization', metadata: { value: String(cpuPercent) } },
        ...(schedule ? [cronOf(schedule)] : []),
      ],
      advanced: { horizontalPodAutoscalerConfig: { name: slotName(place, service, slot), behavior } },
    },
  };
};

const cronOf = ({ zone, days, from, until, replicas }: Schedule) => ({
  type: 'cron',
  metadata: {
    timezone: zone,
    start: cronLine(from, days),
    end: cronLine(until, days),
    desiredReplicas: String(replicas),
  },
});

/** `0 8 * * 1,2,3,4,5` */
const cronLine = (clock: string, days: readonly Day[]): string => {
  const [hours = '0', minutes = '0'] = clock.split(':');
  return `${Number(minutes)} ${Number(hours)} * * ${days.map((day) => cronDays[day]).join(',')}`;
};

const cronDays: Readonly<Record<Day, number>> = { sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6 };

const metadataOf = (place: Place, service: ServiceName, slot: Slot) => ({
  name: slotName(place, service, slot),
  namespace: place.names.namespace,
  labels: slotLabels(place, service, slot),
});
