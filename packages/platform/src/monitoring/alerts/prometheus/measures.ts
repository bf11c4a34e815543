import type { Place } from '../../../infrastructure/renderer.ts';
import { databasesOfPlace, slotWorkloads } from '../subjects.ts';
import { byWorkload, inAnySlot, of, oneOf, selected } from './promql.ts';
import { failedIn, p95In, requestsIn } from './requests.ts';

/** A value in the row's unit, which is recorded each minute under the row's name. */
export interface Measure {
  readonly expression: string;
  /** What it does not say by itself. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Counted over the whole window already; others have to hold in each minute of it. */
  readonly isOverWindow?: boolean;
  /** Of the window, with the measure's own labels, and recorded before it; without it, its minutes are counted. */
  readonly requests?: string;
  /** Only where this holds as well, by that label. */
  readonly only?: { readonly by: string; readonly expression: string };
}

/** A measure of a place over a row's window; none where the place has nothing that it could measure. */
export type Measured = (place: Place, minutes: number, recordedRequests: string) => readonly Measure[];

export const failedRequests: Measured = (place, minutes, recordedRequests) => [
  {
    expression: `${of('100 * ', failedIn(place, 'service', minutes, recordedRequests))}\n/ on (service)\n${recordedRequests}`,
    isOverWindow: true,
    requests: requestsIn(place, 'service', minutes),
  },
];

export const slowRequests: Measured = (place, minutes) => [
  {
    expression: p95In(place, minutes),
    isOverWindow: true,
    requests: requestsIn(place, 'service', minutes),
  },
];

/** Two minutes, for a rate needs two samples and one may be late. */
const rateMinutes = 2;

export const requestRate: Measured = (place) => [
  { expression: `${requestsIn(place, 'service', rateMinutes)} / ${rateMinutes}` },
];

const containersOf = (place: Place): readonly string[] => [
  `namespace="${place.names.namespace}"`,
  'container!=""',
  `pod=~"${oneOf(slotWorkloads(place))}-.+"`,
];

const limitsOf = (place: Place, resource: string): string =>
  selected('kube_pod_container_resource_limits', [...containersOf(place), `resource="${resource}"`]);

const percentOf = (part: string, whole: string): string => `100 * ${part}\n/\n${whole}`;

export const cpuOfLimit: Measured = (place) => {
  const used = of('rate', `${selected('container_cpu_usage_seconds_total', containersOf(place))}[${rateMinutes}m]`);
  return [
    {
      expression: percentOf(
        of('sum by (workload) ', byWorkload(used)),
        of('sum by (workload) ', byWorkload(limitsOf(place, 'cpu'))),
      ),
      ...(place.settings.scaling ? { only: { by: 'workload', expression: noReplicaLeft(place) } } : {}),
    },
  ];
};

/** The autoscaler, of a slot's own name, is at its most (E8-6). */
const noReplicaLeft = (place: Place): string => {
  const labels = [`namespace="${place.names.namespace}"`, `horizontalpodautoscaler=~"${oneOf(slotWorkloads(place))}"`];
  const [current, most] = ['status_current', 'spec_max'].map((which) =>
    selected(`kube_horizontalpodautoscaler_${which}_replicas`, labels),
  );
  return of('label_replace', `${current}\n>=\n${most}`, '"workload", "$1", "horizontalpodautoscaler", "(.+)"');
};

/** Of each pod: the fullest one is killed, however much room the others have. */
export const memoryOfLimit: Measured = (place) => [
  {
    expression: percentOf(
      of('sum by (pod) ', selected('container_memory_working_set_bytes', containersOf(place))),
      of('sum by (pod) ', limitsOf(place, 'memory')),
    ),
  },
];

const realDisks = ['fstype!~"tmpfs|overlay|squashfs"'];

/** The fullest disk of each node. Databases' disks are the cloud's own, and asked for there. */
export const fullestDisk: Measured = () => {
  const [free, size] = ['avail', 'size'].map((which) => selected(`node_filesystem_${which}_bytes`, realDisks));
  return [{ expression: of('100 * max by (instance) ', `1 - ${free}\n/\n${size}`) }];
};

/** Connections that do something, or hold a transaction, of those that the ready replicas may have. */
export const connectionsOfPool: Measured = (place) =>
  databasesOfPlace(place).map(({ store, name, workloads, pool }) => {
    const inUse = selected('pg_stat_activity_count', [`datname="${name}"`, 'state=~"active|idle in transaction.*"']);
    const replicas = selected('kube_deployment_status_replicas_ready', [
      `namespace="${place.names.namespace}"`,
      `deployment=~"${inAnySlot(workloads)}"`,
    ]);
    return {
      expression: percentOf(of('sum', inUse), of('', `${pool} * ${of('sum', replicas)} > 0`)),
      labels: { store },
    };
  });

/** Whole ones: what lies between the first sample and the window's edge is made up for in fractions. */
export const restarts: Measured = (place, minutes) => {
  const counter = selected('kube_pod_container_status_restarts_total', containersOf(place));
  return [
    {
      expression: of('round', of('sum by (pod) ', of('increase', `${counter}[${minutes}m]`))),
      isOverWindow: true,
    },
  ];
};

export const nodeCpu: Measured = () => [
  {
    expression: `100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[${rateMinutes}m])))`,
  },
];

export const nodeMemory: Measured = () => [
  { expression: '100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)' },
];

export const busiestDisk: Measured = () => [
  {
    expression: `100 * max by (instance) (rate(node_disk_io_time_seconds_total{device!~"(loop|ram|sr).*"}[${rateMinutes}m]))`,
  },
];
