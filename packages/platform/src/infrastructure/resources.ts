import type { ServiceName } from '@plumbline/contract/names';
import type { Resources } from '../environments/environment.ts';
import { cpuMillis, memoryBytes } from '../environments/sizes.ts';
import type { Place } from './renderer.ts';

/** What a replica of a service is given: the limits of 2.2, half the CPU and all the memory set aside (E2-1, E5-16). */
export interface ReplicaResources {
  readonly cpuLimitMillis: number;
  readonly cpuRequestMillis: number;
  readonly memoryLimitBytes: number;
  readonly memoryRequestBytes: number;
}

/** Of a service that an environment's `resources` do not name: enough for a small Node server. */
const small = { cpu: '500m', memory: '512Mi' } as const;

/** What a replica of the service is given there. */
export const resourcesOf = (
  place: Pick<Place, 'description' | 'environment'>,
  service: ServiceName,
): ReplicaResources => {
  const { cpu = small.cpu, memory = small.memory, requests } = entryOf(place, service) ?? {};
  return {
    cpuLimitMillis: cpuMillis(cpu),
    cpuRequestMillis: requests?.cpu === undefined ? Math.ceil(cpuMillis(cpu) / 2) : cpuMillis(requests.cpu),
    memoryLimitBytes: memoryBytes(memory),
    memoryRequestBytes: memoryBytes(requests?.memory ?? memory),
  };
};

/** By the service's name, or else by its alias. */
const entryOf = (
  { description, environment }: Pick<Place, 'description' | 'environment'>,
  service: ServiceName,
): Resources | undefined => {
  const alias = description.services[service]?.alias;
  return environment.resources[service] ?? (alias === undefined ? undefined : environment.resources[alias]);
};
