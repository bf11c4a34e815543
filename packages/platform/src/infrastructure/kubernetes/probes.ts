import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IProbe } from 'kubernetes-models/v1/Probe';
import type { Service } from '../../environments/service.ts';
import { portName } from './ports.ts';
import { startupFailures, startupPeriodSeconds } from './timing.ts';

type Probes = Pick<IContainer, 'startupProbe' | 'livenessProbe' | 'readinessProbe'>;

/**
 * Liveness asks of the process alone and readiness of what it needs: a database that is down takes pods out of traffic,
 * it does not restart them all (E5-3). A worker that listens to nothing has none.
 */
export const probesOf = (described: Service): Probes => {
  const { health, liveness } = described;
  const started = liveness ?? health;
  return {
    ...(started === undefined ? {} : { startupProbe: startup(started, described) }),
    ...(liveness === undefined ? {} : { livenessProbe: { ...get(liveness), ...every(10, 5) } }),
    ...(health === undefined ? {} : { readinessProbe: { ...get(health), ...every(5, 3) } }),
  };
};

const get = (path: string): IProbe => ({ httpGet: { path, port: portName } });

const every = (periodSeconds: number, timeoutSeconds: number): IProbe => ({
  periodSeconds,
  timeoutSeconds,
  failureThreshold: 3,
});

const startup = (path: string, described: Service): IProbe => ({
  ...get(path),
  periodSeconds: startupPeriodSeconds,
  timeoutSeconds: startupPeriodSeconds,
  failureThreshold: startupFailures(described),
});
