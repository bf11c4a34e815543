import type { ILimitRange } from 'kubernetes-models/v1/LimitRange';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { IResourceQuota } from 'kubernetes-models/v1/ResourceQuota';
import { namedEntries } from '../../environments/named.ts';
import { loadOf, podsOf } from '../capacity.ts';
import type { Place } from '../renderer.ts';
import { type ReplicaResources, resourcesOf } from '../resources.ts';
import { appLabels } from './labels.ts';
import { cpuQuantity, memoryQuantity } from './quantity.ts';

/** Pod Security Standards, enforced by the API server itself; the version pins what restricted means (E5-6). */
export const restrictedLabels = ({ infrastructure }: Place): Readonly<Record<string, string>> => {
  const version = `v${infrastructure.cluster.version}`;
  return Object.fromEntries(
    ['enforce', 'audit', 'warn'].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, 'restricted'],
      [`pod-security.kubernetes.io/${mode}-version`, version],
    ]),
  );
};

export const namespaceOf = (place: Place): INamespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: place.names.namespace, labels: { ...appLabels(place), ...restrictedLabels(place) } },
});

/** What both slots of every service and the migrations need at their most: more is a mistake, and is refused. */
export const quotaOf = (place: Place): IResourceQuota => {
  const most = mostOf(place);
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: place.description.app, namespace: place.names.namespace, labels: appLabels(place) },
    spec: {
      hard: {
        pods: String(most.pods),
        'requests.cpu': cpuQuantity(most.cpuRequestMillis),
        'requests.memory': memoryQuantity(most.memoryRequestBytes),
        'limits.cpu': cpuQuantity(most.cpuLimitMillis),
        'limits.memory': memoryQuantity(most.memoryLimitBytes),
        // Routers bring the requests: a service that asks for a load balancer of its own goes around all limits.
        'services.loadbalancers': '0',
        'services.nodeports': '0',
        persistentvolumeclaims: '0',
      },
    },
  };
};

interface Most extends ReplicaResources {
  readonly pods: number;
}

const nothing: Most = {
  pods: 0,
  cpuRequestMillis: 0,
  cpuLimitMillis: 0,
  memoryRequestBytes: 0,
  memoryLimitBytes: 0,
};

const mostOf = (place: Place): Most => {
  const { description, environment, settings, infrastructure } = place;
  const loads = loadOf(description, environment, settings, infrastructure.database.pool);
  const services = namedEntries(loads).map(([name, load]) => times(resourcesOf(place, name), podsOf(load)));
  const { migrations } = description;
  const migration = migrations ? [times(resourcesOf(place, migrations.service), 1)] : [];
  return [...services, ...migration].reduce(plus, nothing);
};

const times = (one: ReplicaResources, pods: number): Most => ({
  pods,
  cpuRequestMillis: one.cpuRequestMillis * pods,
  cpuLimitMillis: one.cpuLimitMillis * pods,
  memoryRequestBytes: one.memoryRequestBytes * pods,
  memoryLimitBytes: one.memoryLimitBytes * pods,
});

const plus = (one: Most, other: Most): Most => ({
  pods: one.pods + other.pods,
  cpuRequestMillis: one.cpuRequestMillis + other.cpuRequestMillis,
  cpuLimitMillis: one.cpuLimitMillis + other.cpuLimitMillis,
  memoryRequestBytes: one.memoryRequestBytes + other.memoryRequestBytes,
  memoryLimitBytes: one.memoryLimitBytes + other.memoryLimitBytes,
});

/** A container that says nothing, such as one for debugging, gets little; none gets more than the largest service. */
export const limitRangeOf = (place: Place): ILimitRange => {
  const all = namedEntries(place.description.services).map(([name]) => resourcesOf(place, name));
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: place.description.app, namespace: place.names.namespace, labels: appLabels(place) },
    spec: {
      limits: [
        {
          type: 'Container',
          defaultRequest: { cpu: '50m', memory: '64Mi' },
          default: { cpu: '250m', memory: '256Mi' },
          max: {
            cpu: cpuQuantity(Math.max(250, ...all.map(({ cpuLimitMillis }) => cpuLimitMillis))),
            memory: memoryQuantity(Math.max(256 * 1024 ** 2, ...all.map(({ memoryLimitBytes }) => memoryLimitBytes))),
          },
        },
      ],
    },
  };
};
