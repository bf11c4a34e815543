type Unit = '%' | 'ms' | 'requests a minute' | 'restarts';

/** One row of the specification's 8.2, with what a monitor needs besides: a window, enough data, an owner, a runbook. */
export interface Threshold {
  readonly title: string;
  readonly group: 'application' | 'infrastructure';
  readonly unit: Unit;
  readonly badWhen: 'above' | 'below';
  /** Shown only; tells nobody. */
  readonly info?: number;
  /** Tells people. */
  readonly warning?: number;
  /** Wakes people. A candidate beyond it loses its traffic. */
  readonly critical?: number;
  /** How long the level has to hold, in minutes. */
  readonly windowMinutes: number;
  /** Fewer in the window say nothing: 1 % of 10 requests is not even one (E8-7). */
  readonly least: { readonly count: number; readonly of: 'requests' | 'samples' };
  readonly owner: 'application' | 'platform';
  /** Slug of the runbook; stable, since alerts link to it. */
  readonly runbook: string;
  /** What is measured, where the name alone does not say it. */
  readonly meaning?: string;
}

const requests = (count: number) => ({ count, of: 'requests' as const });
const samples = (count: number) => ({ count, of: 'samples' as const });

const application = {
  'error-rate': {
    title: 'Error rate',
    group: 'application',
    unit: '%',
    badWhen: 'above',
    warning: 1,
    critical: 5,
    windowMinutes: 5,
    least: requests(100),
    owner: 'application',
    runbook: 'high-error-rate',
    meaning: '5xx answers, and requests that got no complete answer',
  },
  'response-time-p95': {
    title: 'Response time (p95)',
    group: 'application',
    unit: 'ms',
    badWhen: 'above',
    warning: 500,
    critical: 1000,
    windowMinutes: 5,
    least: requests(100),
    owner: 'application',
    runbook: 'slow-responses',
    meaning: 'to the last byte; above a level exactly when more than 5 % of the requests took longer than it',
  },
  'request-rate': {
    title: 'Request rate',
    group: 'application',
    unit: 'requests a minute',
    badWhen: 'below',
    info: 10,
    windowMinutes: 10,
    least: samples(10),
    owner: 'application',
    runbook: 'low-traffic',
  },
  'cpu-usage': {
    title: 'CPU usage',
    group: 'application',
    unit: '%',
    badWhen: 'above',
    warning: 70,
    windowMinutes: 15,
    least: samples(10),
    owner: 'application',
    runbook: 'high-cpu',
    meaning:
      'of the limit, while the autoscaler has no replica left to add: below that it is autoscaling at work (E8-6)',
  },
  'memory-usage': {
    title: 'Memory usage',
    group: 'application',
    unit: '%',
    badWhen: 'above',
    warning: 80,
    windowMinutes: 15,
    least: samples(10),
    owner: 'application',
    runbook: 'high-memory',
    meaning: 'of the limit',
  },
  'disk-usage': {
    title: 'Disk usage',
    group: 'application',
    unit: '%',
    badWhen: 'above',
    warning: 85,
    windowMinutes: 15,
    least: samples(3),
    owner: 'platform',
    runbook: 'disk-filling',
  },
  'database-connections': {
    title: 'Database connections',
    group: 'application',
    unit: '%',
    badWhen: 'above',
    warning: 80,
    windowMinutes: 5,
    least: samples(5),
    owner: 'application',
    runbook: 'database-connections',
    meaning: 'of the pool',
  },
} as const satisfies Record<string, Threshold>;

const infrastructure = {
  'pod-restarts': {
    title: 'Pod restart count',
    group: 'infrastructure',
    unit: 'restarts',
    badWhen: 'above',
    critical: 3,
    windowMinutes: 10,
    least: samples(1),
    owner: 'application',
    runbook: 'pod-restarts',
  },
  'node-cpu': {
    title: 'Node CPU',
    group: 'infrastructure',
    unit: '%',
    badWhen: 'above',
    warning: 80,
    windowMinutes: 15,
    least: samples(10),
    owner: 'platform',
    runbook: 'node-cpu',
  },
  'node-memory': {
    title: 'Node memory',
    group: 'infrastructure',
    unit: '%',
    badWhen: 'above',
    critical: 90,
    windowMinutes: 5,
    least: samples(5),
    owner: 'platform',
    runbook: 'node-memory',
  },
  'disk-io': {
    title: 'Disk I/O',
    group: 'infrastructure',
    unit: '%',
    badWhen: 'above',
    warning: 90,
    windowMinutes: 15,
    least: samples(10),
    owner: 'platform',
    runbook: 'disk-io',
    meaning: 'share of the time in which the disk had work; the specification leaves it open (E8-7)',
  },
} as const satisfies Record<string, Threshold>;

/** Every threshold of the specification's 8.2, and the one place that holds them: verdicts and monitors are made from here. */
export const thresholds = { ...application, ...infrastructure } as const;

export type MetricName = keyof typeof thresholds;

/** The share of requests, in percent, that a p95 leaves above it. */
export const percentAboveP95 = 5;
