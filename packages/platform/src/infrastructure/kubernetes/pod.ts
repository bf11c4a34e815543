import type { ServiceName } from '@plumbline/contract/names';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IResourceRequirements } from 'kubernetes-models/v1/ResourceRequirements';
import type { Place } from '../renderer.ts';
import { resourcesOf } from '../resources.ts';
import { workloadOf } from './labels.ts';
import { cpuQuantity, memoryQuantity } from './quantity.ts';
import { containerSecurity, podSecurity } from './security.ts';
import { variablesOf } from './variables.ts';

type Described = Place['description']['services'][ServiceName];

/** The limits of 2.2, with half the CPU and all the memory set aside (E2-1, E5-16). */
export const containerResources = (place: Place, service: ServiceName): IResourceRequirements => {
  const { cpuRequestMillis, cpuLimitMillis, memoryRequestBytes, memoryLimitBytes } = resourcesOf(place, service);
  return {
    requests: { cpu: cpuQuantity(cpuRequestMillis), memory: memoryQuantity(memoryRequestBytes) },
    limits: { cpu: cpuQuantity(cpuLimitMillis), memory: memoryQuantity(memoryLimitBytes) },
  };
};

/** What the service's Deployments and its migration Job share. */
export const containerOf = (place: Place, service: ServiceName, described: Described, image: string): IContainer => ({
  name: service,
  image,
  // A digest names bytes that never change, so that a node that has them need not ask.
  imagePullPolicy: 'IfNotPresent',
  env: variablesOf(place, service, described),
  resources: containerResources(place, service),
  securityContext: containerSecurity,
  volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  terminationMessagePolicy: 'FallbackToLogsOnError',
});

/** A pod that has no rights in the cluster, and none on its node. */
export const podBasics = (place: Place, service: ServiceName): Omit<IPodSpec, 'containers'> => ({
  serviceAccountName: workloadOf(place.names, service),
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: podSecurity,
  volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }],
});
