import type { Place } from '../../../../infrastructure/renderer.ts';
import type { MetricName, Threshold } from '../../../thresholds.ts';
import { routedWorkloads, slotWorkloads } from '../../subjects.ts';

/** What promtool takes: a series, and its value in each minute. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** The raw series in which a row has these values, minute by minute, and whose they are. */
export interface Synthetic {
  readonly input: readonly InputSeries[];
  readonly subject: Readonly<Record<string, string>>;
}

export type Minutes = readonly number[];
export type Maker = (place: Place, row: Threshold, minutes: Minutes) => Synthetic;

const seriesOf = (name: string, labels: Readonly<Record<string, string>>, values: Minutes): InputSeries => ({
  series: `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`,
  values: values.join(' '),
});

/** A counter that rises so much in each minute. */
const counted = (minutes: Minutes): Minutes => {
  let sum = 0;
  return minutes.map((more) => {
    sum += more;
    return Number(sum.toFixed(6));
  });
};

const constant = (minutes: Minutes, value: number): Minutes => minutes.map(() => value);

const serviceOf = (place: Place): string => routedWorkloads(place)[0] ?? '';
const slotOf = (place: Place): string => slotWorkloads(place)[0] ?? '';
const podOf = (place: Place): string => `${slotOf(place)}-5d4f8c7b9-x2x4z`;

/** Requests to one slot of a service, as the place's router counts them. */
export const requests = (place: Place, is: 'good' | 'failed', perMinute: Minutes): InputSeries => {
  const code = is === 'good' ? '200' : '503';
  const asked = `${serviceOf(place)}-blue`;
  return place.infrastructure.routing === 'ingress'
    ? seriesOf(
        'nginx_ingress_controller_upstream_server_response_latency_ms_count',
        { resource_namespace: place.names.namespace, service: asked, code },
        counted(perMinute),
      )
    : seriesOf('istio_requests_total', { ...istioLabels(place), response_code: code }, counted(perMinute));
};

const istioLabels = (place: Place) => ({
  reporter: 'source',
  destination_service_namespace: place.names.namespace,
  destination_service_name: `${serviceOf(place)}-blue`,
});

/** Requests to the last byte, of which each took as long as its minute says. */
const durations = (place: Place, row: Threshold, minutes: Minutes, perMinute: number): readonly InputSeries[] => {
  const bounds = [1, row.warning, row.critical, 60_000].filter((bound) => bound !== undefined);
  const [name, labels] =
    place.infrastructure.routing === 'ingress'
      ? ([
          'nginx_ingress_controller_upstream_server_response_latency_ms_bucket',
          { resource_namespace: place.names.namespace, service: `${serviceOf(place)}-blue`, code: '200' },
        ] as const)
      : (['istio_request_duration_milliseconds_bucket', istioLabels(place)] as const);
  const within = (bound: number) => counted(minutes.map((took) => (took <= bound ? perMinute : 0)));
  return [...bounds, Number.POSITIVE_INFINITY].map((bound) =>
    seriesOf(name, { ...labels, le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound) }, within(bound)),
  );
};

/** A row's requests, of which the minutes say how many percent fail. */
export const failing = (place: Place, perMinute: number, minutes: Minutes): readonly InputSeries[] => [
  requests(
    place,
    'good',
    minutes.map((percent) => (perMinute * (100 - percent)) / 100),
  ),
  requests(
    place,
    'failed',
    minutes.map((percent) => (perMinute * percent) / 100),
  ),
];

const ofService = (place: Place) => ({ service: serviceOf(place) });
const ofNode = { instance: '10.0.0.1:9100' };

const container = (place: Place) => ({ namespace: place.names.namespace, pod: podOf(place), container: 'app' });
const limit = (place: Place, resource: string, minutes: Minutes, value: number) =>
  seriesOf('kube_pod_container_resource_limits', { ...container(place), resource }, constant(minutes, value));

const cores = 2;
const bytes = 4 * 1024 ** 3;

export const cpu = (place: Place, minutes: Minutes): readonly InputSeries[] => [
  seriesOf(
    'container_cpu_usage_seconds_total',
    container(place),
    counted(minutes.map((percent) => (60 * cores * percent) / 100)),
  ),
  limit(place, 'cpu', minutes, cores),
];

/** The autoscaler of the slot, with so many replicas left to add. */
export const autoscaler = (place: Place, minutes: Minutes, left: number): readonly InputSeries[] => {
  const labels = { namespace: place.names.namespace, horizontalpodautoscaler: slotOf(place) };
  const max = place.settings.scaling?.max ?? 1;
  return [
    seriesOf('kube_horizontalpodautoscaler_spec_max_replicas', labels, constant(minutes, max)),
    seriesOf('kube_horizontalpodautoscaler_status_current_replicas', labels, constant(minutes, max - left)),
  ];
};

/** Minutes for which a value holds: the window, and enough for the one before to be out of it. */
export const spanOf = ({ windowMinutes }: Threshold): number => windowMinutes + 5;

const readyReplicas = 3;

/** For each row: more requests than it asks for at least, and everything else just so that the row has the minute's value. */
export const makers: Readonly<Record<MetricName, Maker>> = {
  'error-rate': (place, row, minutes) => ({
    input: failing(place, 10 * row.least.count, minutes),
    subject: ofService(place),
  }),
  'response-time-p95': (place, row, minutes) => ({
    input: [
      ...durations(place, row, minutes, row.least.count),
      requests(place, 'good', constant(minutes, row.least.count)),
    ],
    subject: ofService(place),
  }),
  'request-rate': (place, _row, minutes) => ({ input: [requests(place, 'good', minutes)], subject: ofService(place) }),
  'cpu-usage': (place, _row, minutes) => ({
    input: [...cpu(place, minutes), ...autoscaler(place, minutes, 0)],
    subject: { workload: slotOf(place) },
  }),
  'memory-usage': (place, _row, minutes) => ({
    input: [
      seriesOf(
        'container_memory_working_set_bytes',
        container(place),
        minutes.map((percent) => (bytes * percent) / 100),
      ),
      limit(place, 'memory', minutes, bytes),
    ],
    subject: { pod: podOf(place) },
  }),
  'disk-usage': (_place, _row, minutes) => {
    const disk = { ...ofNode, device: '/dev/nvme0n1p1', fstype: 'xfs', mountpoint: '/' };
    return {
      input: [
        seriesOf(
          'node_filesystem_avail_bytes',
          disk,
          minutes.map((percent) => 100 - percent),
        ),
        seriesOf('node_filesystem_size_bytes', disk, constant(minutes, 100)),
      ],
      subject: ofNode,
    };
  },
  'database-connections': (place, _row, minutes) => {
    const pool = place.infrastructure.database.pool * readyReplicas;
    const { namespace } = place.names;
    const [[store = '', datname = ''] = []] = Object.entries(place.names.databases);
    return {
      input: [
        seriesOf(
          'pg_stat_activity_count',
          { datname, state: 'active' },
          minutes.map((percent) => (pool * percent) / 100),
        ),
        seriesOf('pg_stat_activity_count', { datname, state: 'idle' }, constant(minutes, pool)),
        seriesOf(
          'kube_deployment_status_replicas_ready',
          { namespace, deployment: slotOf(place) },
          constant(minutes, readyReplicas),
        ),
      ],
      subject: { store },
    };
  },
  'pod-restarts': (place, row, minutes) => ({
    // So many at the end of each span, one a minute: no window has those of two.
    input: [
      seriesOf(
        'kube_pod_container_status_restarts_total',
        container(place),
        counted(minutes.map((count, at) => (at % spanOf(row) >= spanOf(row) - count ? 1 : 0))),
      ),
    ],
    subject: { pod: podOf(place) },
  }),
  'node-cpu': (_place, _row, minutes) => ({
    input: [
      seriesOf(
        'node_cpu_seconds_total',
        { ...ofNode, cpu: '0', mode: 'idle' },
        counted(minutes.map((percent) => (60 * (100 - percent)) / 100)),
      ),
    ],
    subject: ofNode,
  }),
  'node-memory': (_place, _row, minutes) => ({
    input: [
      seriesOf(
        'node_memory_MemAvailable_bytes',
        ofNode,
        minutes.map((percent) => (bytes * (100 - percent)) / 100),
      ),
      seriesOf('node_memory_MemTotal_bytes', ofNode, constant(minutes, bytes)),
    ],
    subject: ofNode,
  }),
  'disk-io': (_place, _row, minutes) => ({
    input: [
      seriesOf(
        'node_disk_io_time_seconds_total',
        { ...ofNode, device: 'nvme0n1' },
        counted(minutes.map((percent) => (60 * percent) / 100)),
      ),
    ],
    subject: ofNode,
  }),
};
