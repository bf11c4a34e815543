import type { MetricName } from '../thresholds.ts';
import * as cloudwatch from './cloudwatch/metrics.ts';
import * as datadog from './datadog/queries.ts';
import * as prometheus from './prometheus/measures.ts';

/** How a row of 8.2 is asked for in each place that can be asked. */
export interface Question {
  readonly prometheus: prometheus.Measured;
  readonly datadog: datadog.Queries;
  readonly cloudwatch: cloudwatch.Metrics;
}

const asked = (
  ofPrometheus: prometheus.Measured,
  ofDatadog: datadog.Queries,
  ofCloudWatch: cloudwatch.Metrics,
): Question => ({ prometheus: ofPrometheus, datadog: ofDatadog, cloudwatch: ofCloudWatch });

/** Row by row. Levels, windows, least counts, owners and runbooks are the row's own. */
export const questions: Readonly<Record<MetricName, Question>> = {
  'error-rate': asked(prometheus.failedRequests, datadog.failing, cloudwatch.requests),
  'response-time-p95': asked(prometheus.slowRequests, datadog.slow, cloudwatch.requests),
  'request-rate': asked(prometheus.requestRate, datadog.requestRate, cloudwatch.requests),
  'cpu-usage': asked(prometheus.cpuOfLimit, datadog.cpu, cloudwatch.cpu),
  'memory-usage': asked(prometheus.memoryOfLimit, datadog.memory, cloudwatch.memory),
  'disk-usage': asked(prometheus.fullestDisk, datadog.disks, cloudwatch.disks),
  'database-connections': asked(prometheus.connectionsOfPool, datadog.connections, cloudwatch.connections),
  'pod-restarts': asked(prometheus.restarts, datadog.restarts, cloudwatch.restarts),
  'node-cpu': asked(prometheus.nodeCpu, datadog.nodeCpu, cloudwatch.nodeCpu),
  'node-memory': asked(prometheus.nodeMemory, datadog.nodeMemory, cloudwatch.nodeMemory),
  'disk-io': asked(prometheus.busiestDisk, datadog.busyDisks, cloudwatch.busyDisks),
};
