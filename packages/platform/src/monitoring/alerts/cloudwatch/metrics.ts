import { type Load, loadsOn } from '../../../infrastructure/capacity.ts';
import type { Place } from '../../../infrastructure/renderer.ts';
import { databasesOfPlace, slotWorkloads } from '../subjects.ts';

/** A metric that CloudWatch has by itself, and how a level of the row is said in its unit. */
export interface Metric {
  /** What tells it from the row's others; null for the only one. */
  readonly of: string | null;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum';
  /** Of one period that is the whole window, rather than in each of its minutes. */
  readonly isOverWindow?: boolean;
  /** Falls where the row rises: free space. */
  readonly isInverted?: boolean;
  readonly threshold: (at: number) => number;
  /** What is always there breaches where it is not; an empty slot has no pods, and that is well. */
  readonly missing: 'breaching' | 'notBreaching';
}

/** The metrics of a row, or why CloudWatch has none. */
export type Metrics = ((place: Place) => readonly Metric[]) | { readonly unseen: string };

const asIs = (at: number): number => at;

/** docs.aws.amazon.com/AmazonCloudWatch: Container Insights with enhanced observability; PodName is the workload's name. */
const ofPods =
  (metric: string, statistic: Metric['statistic'], isOverWindow = false): ((place: Place) => readonly Metric[]) =>
  (place) =>
    slotWorkloads(place).map((workload) => ({
      of: workload,
      namespace: 'ContainerInsights',
      metric,
      dimensions: { ClusterName: place.names.cluster, Namespace: place.names.namespace, PodName: workload },
      statistic,
      isOverWindow,
      threshold: asIs,
      missing: 'notBreaching',
    }));

/** The worst node of the cluster. */
const ofNodes = (place: Place, metric: string, of: string | null = null): Metric => ({
  of,
  namespace: 'ContainerInsights',
  metric,
  dimensions: { ClusterName: place.names.cluster },
  statistic: 'Maximum',
  threshold: asIs,
  missing: 'breaching',
});

export const requests: Metrics = {
  unseen: 'requests come in by a load balancer that does not read them, so CloudWatch knows of none',
};

/** An alarm cannot ask whether the autoscaler has a replica left; where there is no autoscaler it never has (E8-6). */
export const cpu: Metrics = (place) =>
  place.settings.scaling ? [] : ofPods('pod_cpu_utilization_over_pod_limit', 'Average')(place);

export const memory: Metrics = ofPods('pod_memory_utilization_over_pod_limit', 'Maximum');

export const restarts: Metrics = ofPods('pod_number_of_container_restarts', 'Sum', true);

const bytesPerGib = 1024 ** 3;

/** Nodes' disks, and what is left of each database's disk as it was at first. */
export const disks: Metrics = (place) => [
  ofNodes(place, 'node_filesystem_utilization', 'nodes'),
  ...databasesOfPlace(place).map(
    ({ store, instance }): Metric => ({
      of: store,
      namespace: 'AWS/RDS',
      metric: 'FreeStorageSpace',
      dimensions: { DBInstanceIdentifier: instance },
      statistic: 'Minimum',
      isInverted: true,
      threshold: (at) => Math.round(((100 - at) / 100) * place.infrastructure.database.storageGib * bytesPerGib),
      missing: 'breaching',
    }),
  ),
];

/** Of the connections that all replicas may hold when the autoscaler is at its most. */
export const connections: Metrics = (place) =>
  databasesOfPlace(place).map(({ store, instance }) => {
    const all = Object.values<Load>(loadsOn(place, store)).reduce(
      (sum, load) => sum + load.maxReplicas * load.connections,
      0,
    );
    return {
      of: store,
      namespace: 'AWS/RDS',
      metric: 'DatabaseConnections',
      dimensions: { DBInstanceIdentifier: instance },
      statistic: 'Average',
      threshold: (at) => Math.round((at / 100) * all),
      missing: 'breaching',
    };
  });

export const nodeCpu: Metrics = (place) => [ofNodes(place, 'node_cpu_utilization')];
export const nodeMemory: Metrics = (place) => [ofNodes(place, 'node_memory_utilization')];

export const busyDisks: Metrics = {
  unseen: "CloudWatch counts what a node's disk reads and writes, not the time in which it had work",
};
