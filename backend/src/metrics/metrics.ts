import { StatsD } from 'hot-shots';
import type { Log } from '../logging/log.ts';

/** Bounded in number: the route is its template, never the address that was asked for. */
export interface RequestTags {
  readonly method: string;
  readonly route: string;
  readonly status: string;
}

export interface Metrics {
  /** Without a duration the request is counted alone. */
  requestAnswered(tags: RequestTags, milliseconds: number | undefined): void;
  poolConnections(count: number): void;
  close(): Promise<void>;
}

export interface MetricsOrigin {
  readonly agentHost: string | undefined;
  readonly agentPort: number;
  readonly environment: string;
  readonly version: string;
}

/** Sends to the Datadog agent over UDP; without an agent's address nothing is sent anywhere. */
export function createMetrics(origin: MetricsOrigin, log: Log): Metrics {
  if (origin.agentHost === undefined) return silent;
  const statsd = new StatsD({
    host: origin.agentHost,
    port: origin.agentPort,
    prefix: 'connect2.',
    globalTags: { env: origin.environment, service: 'connect2-backend', version: origin.version },
    errorHandler: (error) => log.warn('a metric could not be sent', { error }),
  });
  return {
    requestAnswered: (tags, milliseconds) => {
      statsd.increment('api.requests', { ...tags });
      if (milliseconds !== undefined) statsd.timing('api.response_time', milliseconds, { ...tags });
    },
    poolConnections: (count) => statsd.gauge('db.pool.connections', count),
    close: () => new Promise((resolve) => statsd.close(() => resolve())),
  };
}

const silent: Metrics = {
  requestAnswered: () => undefined,
  poolConnections: () => undefined,
  close: async () => undefined,
};
