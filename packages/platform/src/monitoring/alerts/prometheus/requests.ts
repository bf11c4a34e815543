import type { Infrastructure } from '../../../infrastructure/infrastructure.ts';
import type { Place } from '../../../infrastructure/renderer.ts';
import { routedWorkloads } from '../subjects.ts';
import { byService, inAnySlot, of, selected, windowOf } from './promql.ts';

/** How a router counts the requests that went through it: those of visitors, whom a service cannot tell of when it is down. */
export interface RequestSeries {
  readonly count: string;
  readonly bucket: string;
  /** The label that says which service was asked for. */
  readonly service: string;
  /** Only the requests to these services. */
  readonly selector: (namespace: string, workloads: string) => readonly string[];
  /** What failed: an answer of 5xx, or none that was complete. */
  readonly failed: readonly string[];
}

/**
 * By the service that was asked for, not by the workload that answered: where no replica is left there is none.
 * istio.io/latest/docs/reference/config/metrics; flags: envoyproxy.io, access log, %RESPONSE_FLAGS%.
 */
const istio: RequestSeries = {
  count: 'istio_requests_total',
  bucket: 'istio_request_duration_milliseconds_bucket',
  service: 'destination_service_name',
  selector: (namespace, workloads) => [
    'reporter="source"',
    `destination_service_namespace="${namespace}"`,
    `destination_service_name=~"${workloads}"`,
  ],
  failed: ['response_code=~"5.."', 'response_flags=~"(.*,)?(UC|UF|UH|UPE|UR|URX|UT)(,.*)?"'],
};

/** docs.nginx.com/nginx-ingress-controller, Prometheus, with -enable-latency-metrics. */
const nginx: RequestSeries = {
  count: 'nginx_ingress_controller_upstream_server_response_latency_ms_count',
  bucket: 'nginx_ingress_controller_upstream_server_response_latency_ms_bucket',
  service: 'service',
  selector: (namespace, workloads) => [`resource_namespace="${namespace}"`, `service=~"${workloads}"`],
  failed: ['code=~"5.."'],
};

/** By what brings requests to the services; the gateway of Gateway API is Istio's. */
export const requestSeries: Readonly<Record<Infrastructure['routing'], RequestSeries>> = {
  gateway: istio,
  istio,
  ingress: nginx,
};

const seriesOf = ({ infrastructure }: Place): RequestSeries => requestSeries[infrastructure.routing];

/** The place's own of a series of the router, over a window. */
const over = (place: Place, series: string, minutes: number, ...more: readonly string[]): string => {
  const labels = seriesOf(place).selector(place.names.namespace, inAnySlot(routedWorkloads(place)));
  return `${selected(series, [...labels, ...more])}[${windowOf(minutes)}]`;
};

type Per = 'service' | 'app';

const sumOf = (place: Place, per: Per, series: string): string =>
  per === 'app' ? of('sum', series) : of('sum by (service) ', byService(series, seriesOf(place).service));

/** Requests in a window. */
export const requestsIn = (place: Place, per: Per, minutes: number): string =>
  sumOf(place, per, of('increase', over(place, seriesOf(place).count, minutes)));

/** Those of them that failed; 0 where none did of all, which were recorded. */
export const failedIn = (place: Place, per: Per, minutes: number, all: string): string => {
  const { count, failed } = seriesOf(place);
  const each = failed.map((label) => of('increase', over(place, count, minutes, label)));
  return `${sumOf(place, per, each.join('\nor\n'))}\nor\n${of(per === 'app' ? 'sum' : 'sum by (service) ', `0 * ${all}`)}`;
};

/** In milliseconds. Exact where a bucket of the router ends at the level, as Istio's do at 500 and 1000. */
export const p95In = (place: Place, minutes: number): string => {
  const { bucket, service } = seriesOf(place);
  const rate = of('rate', over(place, bucket, minutes));
  return of('histogram_quantile', '0.95', of('sum by (service, le) ', byService(rate, service)));
};
