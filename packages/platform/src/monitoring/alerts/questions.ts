import type { MetricName } from '../thresholds.ts';
import * as prometheus from './prometheus/measures.ts';

/** How a row of 8.2 is asked for. */
export interface Question {
  readonly prometheus: prometheus.Measured;
}

/** Row by row. Windows, levels, owners and runbooks are the row's own. */
export const questions: Readonly<Record<MetricName, Question>> = {
  'error-rate': { prometheus: prometheus.failedRequests },
  'response-time-p95': { prometheus: prometheus.slowRequests },
  'request-rate': { prometheus: prometheus.requestRate },
  'cpu-usage': { prometheus: prometheus.cpuOfLimit },
  'memory-usage': { prometheus: prometheus.memoryOfLimit },
  'disk-usage': { prometheus: prometheus.fullestDisk },
  'database-connections': { prometheus: prometheus.connectionsOfPool },
  'pod-restarts': { prometheus: prometheus.restarts },
  'node-cpu': { prometheus: prometheus.nodeCpu },
  'node-memory': { prometheus: prometheus.nodeMemory },
  'disk-io': { prometheus: prometheus.busiestDisk },
};
