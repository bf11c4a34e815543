import type { Infrastructure } from '../../../infrastructure/infrastructure.ts';
import type { Place } from '../../../infrastructure/renderer.ts';
import { inEachSlot, routedWorkloads } from '../subjects.ts';

/** What the agent makes of a router's own count of requests. */
export interface RequestMetrics {
  /** Of requests, for a filter of tags. */
  readonly count: (filter: string) => string;
  /** A distribution, in milliseconds, of which Datadog is to keep percentiles. */
  readonly duration: string;
  /** Tags that these ask by. */
  readonly tags: readonly string[];
  readonly filter: (namespace: string, workloads: readonly string[]) => string;
  /** An answer of 5xx, or none that was complete. Datadog has all tags in lower case. */
  readonly failed: string;
}

/** docs.datadoghq.com/integrations/istio, by OpenMetrics, with histograms as distributions. */
const istio: RequestMetrics = {
  count: (filter) => `sum:istio.mesh.request.count{${filter}}.as_count()`,
  duration: 'istio.mesh.request.duration.milliseconds',
  tags: [
    'destination_service_name',
    'destination_service_namespace',
    'kube_cluster_name',
    'reporter',
    'response_code',
    'response_flags',
  ],
  filter: (namespace, workloads) =>
    `reporter:source AND destination_service_namespace:${namespace} AND destination_service_name IN (${workloads.join(',')})`,
  failed: '(response_code:5* OR response_flags IN (uc,uf,uh,upe,ur,urx,ut))',
};

/** What the agent's check of the Ingress controller is told to call it; one distribution is count and duration. */
export const ingressDistribution = { namespace: 'router', metric: 'upstream_latency_ms' } as const;
const ingressMetric = `${ingressDistribution.namespace}.${ingressDistribution.metric}`;

const ingress: RequestMetrics = {
  count: (filter) => `count:${ingressMetric}{${filter}}.as_count()`,
  duration: ingressMetric,
  tags: ['asked_service', 'code', 'kube_cluster_name', 'resource_namespace'],
  filter: (namespace, workloads) => `resource_namespace:${namespace} AND asked_service IN (${workloads.join(',')})`,
  failed: 'code:5*',
};

const requestMetrics: Readonly<Record<Infrastructure['routing'], RequestMetrics>> = {
  gateway: istio,
  istio,
  ingress,
};

export const metricsOf = ({ infrastructure }: Place): RequestMetrics => requestMetrics[infrastructure.routing];

/** Tags of the requests to these services, in whatever slot. */
const asked = (place: Place, workloads: readonly string[]): string =>
  `kube_cluster_name:${place.names.cluster} AND ${metricsOf(place).filter(place.names.namespace, workloads.flatMap(inEachSlot))}`;

export const allRequests = (place: Place, workloads: readonly string[] = routedWorkloads(place)): string =>
  metricsOf(place).count(asked(place, workloads));

export const failedRequests = (place: Place, workloads: readonly string[] = routedWorkloads(place)): string =>
  metricsOf(place).count(`${asked(place, workloads)} AND ${metricsOf(place).failed}`);

export const p95 = (place: Place, workloads: readonly string[]): string =>
  `p95:${metricsOf(place).duration}{${asked(place, workloads)}}`;
