import type { Place } from '../../../infrastructure/renderer.ts';
import type { Threshold } from '../../thresholds.ts';
import { databasesOfPlace, routedWorkloads, slotWorkloads } from '../subjects.ts';
import { allRequests, failedRequests, p95 } from './requests.ts';

/** A monitor that tells nobody: what else has to hold for another one to. */
export interface Gate {
  readonly key: string;
  readonly name: string;
  readonly query: string;
  readonly threshold: number;
}

/** What Datadog is asked for a row; the monitor compares it with a level. */
export interface Query {
  /** What tells it from the row's others; null for the only one. */
  readonly of: string | null;
  /** Up to the comparison. */
  readonly asked: string;
  /** The same without a window, for the dashboard. */
  readonly shown: string;
  readonly gates?: readonly Gate[];
  /** What is always there and is not, is told of. */
  readonly isAlwaysThere?: boolean;
}

export type Queries = (place: Place, row: Threshold) => readonly Query[];

/** In each minute of the window. */
const held = ({ windowMinutes, badWhen }: Threshold, metric: string): string =>
  `${badWhen === 'above' ? 'min' : 'max'}(last_${windowMinutes}m):${metric}`;

const enough = (place: Place, { windowMinutes, least }: Threshold, workload: string): Gate => ({
  key: `requests-${workload}-${windowMinutes}m`,
  name: `Enough requests to ${workload} in ${place.names.environment}`,
  query: `sum(last_${windowMinutes}m):${allRequests(place, [workload])} >= ${least.count}`,
  threshold: least.count,
});

export const failing: Queries = (place, row) =>
  routedWorkloads(place).map((workload) => {
    const share = `100 * ${failedRequests(place, [workload])} / ${allRequests(place, [workload])}`;
    return {
      of: workload,
      asked: `sum(last_${row.windowMinutes}m):${share}`,
      shown: share,
      gates: [enough(place, row, workload)],
    };
  });

export const slow: Queries = (place, row) =>
  routedWorkloads(place).map((workload) => ({
    of: workload,
    asked: `percentile(last_${row.windowMinutes}m):${p95(place, [workload])}`,
    shown: p95(place, [workload]),
    gates: [enough(place, row, workload)],
  }));

export const requestRate: Queries = (place, row) =>
  routedWorkloads(place).map((workload) => {
    const perMinute = `${allRequests(place, [workload])}.rollup(sum, 60)`;
    return { of: workload, asked: held(row, perMinute), shown: perMinute };
  });

const inNamespace = ({ names }: Place): string =>
  `kube_cluster_name:${names.cluster} AND kube_namespace:${names.namespace}`;

const nanocores = 1_000_000_000;

export const cpu: Queries = (place, row) =>
  slotWorkloads(place).map((workload) => {
    const of = `{${inNamespace(place)} AND kube_deployment:${workload}}`;
    const share = `100 * sum:kubernetes.cpu.usage.total${of} / ${nanocores} / sum:kubernetes.cpu.limits${of}`;
    return {
      of: workload,
      asked: held(row, share),
      shown: share,
      ...(place.settings.scaling ? { gates: [noReplicaLeft(place, workload)] } : {}),
    };
  });

/** CPU that is used while there are replicas to add is autoscaling at work (E8-6). */
const noReplicaLeft = (place: Place, workload: string): Gate => {
  const of = `{${inNamespace(place)} AND horizontalpodautoscaler:${workload}}`;
  return {
    key: `no-replica-left-${workload}`,
    name: `The autoscaler of ${workload} in ${place.names.environment} is at its most`,
    query: `min(last_5m):max:kubernetes_state.hpa.desired_replicas${of} - max:kubernetes_state.hpa.max_replicas${of} >= 0`,
    threshold: 0,
  };
};

const one = (row: Threshold, metric: string, isAlwaysThere = false): readonly Query[] => [
  { of: null, asked: held(row, metric), shown: metric, isAlwaysThere },
];

const ofPods = (place: Place): string =>
  `{${inNamespace(place)} AND kube_deployment IN (${slotWorkloads(place).join(',')})} by {pod_name}`;

export const memory: Queries = (place, row) =>
  one(row, `100 * sum:kubernetes.memory.working_set${ofPods(place)} / sum:kubernetes.memory.limits${ofPods(place)}`);

export const restarts: Queries = (place, { windowMinutes }) => {
  const metric = `sum:kubernetes.containers.restarts${ofPods(place)}`;
  return [{ of: null, asked: `change(max(last_5m),last_${windowMinutes}m):${metric}`, shown: metric }];
};

/** The gauge that 8.1 has a service send, of the connections in use in its pool. */
export const connections: Queries = (place, row) =>
  databasesOfPlace(place).map(({ store, pool }) => {
    const gauge = `max:${place.description.app}.db.pool.connections{env:${place.names.environment}} by {service,host}`;
    const share = `100 * ${gauge} / ${pool}`;
    return { of: store, asked: held(row, share), shown: share };
  });

const ofNodes = ({ names }: Place, by = 'host'): string => `{kube_cluster_name:${names.cluster}} by {${by}}`;

export const disks: Queries = (place, row) =>
  one(row, `100 * max:system.disk.in_use${ofNodes(place, 'host,device')}`, true);
export const nodeCpu: Queries = (place, row) => one(row, `100 - avg:system.cpu.idle${ofNodes(place)}`, true);
export const nodeMemory: Queries = (place, row) =>
  one(row, `100 - 100 * avg:system.mem.pct_usable${ofNodes(place)}`, true);
export const busyDisks: Queries = (place, row) => one(row, `max:system.io.util${ofNodes(place, 'host,device')}`, true);
