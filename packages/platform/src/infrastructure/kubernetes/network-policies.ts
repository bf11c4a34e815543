import type { ServiceName } from '@plumbline/contract/names';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INetworkPolicyEgressRule } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule';
import type { INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort';
import { namedEntries } from '../../environments/named.ts';
import type { Service } from '../../environments/service.ts';
import type { Place } from '../renderer.ts';
import { appLabels, serviceSelector } from './labels.ts';
import { migrationSelector } from './migration-job.ts';
import { portName } from './ports.ts';
import { routerNamespace } from './routers/namespace.ts';

/** Nothing reaches a pod and a pod reaches nothing, but what is said after it (E5-6). */
export const networkPolicies = (place: Place): readonly INetworkPolicy[] => [
  policyOf(place, 'default-deny', {}, { policyTypes: ['Ingress', 'Egress'] }),
  policyOf(place, 'allow-dns', {}, { policyTypes: ['Egress'], egress: [toDns] }),
  ...namedEntries(place.description.services).map(([name, service]) => ofService(place, name, service)),
  ...ofMigration(place),
];

type Spec = INetworkPolicy['spec'];

const policyOf = (
  place: Place,
  name: string,
  matchLabels: Readonly<Record<string, string>>,
  rest: Omit<NonNullable<Spec>, 'podSelector'>,
): INetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: place.names.namespace, labels: appLabels(place) },
  spec: { podSelector: Object.keys(matchLabels).length > 0 ? { matchLabels } : {}, ...rest },
});

/** Requests come from the router alone; a service without a route gets none. Probes come from the node, which no policy stops. */
const ofService = (place: Place, name: ServiceName, described: Service): INetworkPolicy => {
  const egress = [...toStores(place, described), toAgent(place)];
  return policyOf(place, `allow-${name}`, serviceSelector(place, name), {
    policyTypes: ['Ingress', 'Egress'],
    ...(described.route === undefined ? {} : { ingress: [{ from: [fromRouter(place)], ports: [tcp(portName)] }] }),
    egress,
  });
};

const fromRouter = (place: Place) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': routerNamespace(place) } },
});

const ofMigration = (place: Place): readonly INetworkPolicy[] => {
  const { migrations, services } = place.description;
  const service = migrations && services[migrations.service];
  if (!service) return [];
  const egress = toStores(place, service);
  return [policyOf(place, 'allow-migration', migrationSelector(place), { policyTypes: ['Egress'], egress })];
};

const tcp = (port: number | string): INetworkPolicyPort => ({ protocol: 'TCP', port });
const udp = (port: number): INetworkPolicyPort => ({ protocol: 'UDP', port });

const toDns: INetworkPolicyEgressRule = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [udp(53), tcp(53)],
};

/** Traces and metrics go to the agent of the pod's own node (E8-3). */
const toAgent = (place: Place): INetworkPolicyEgressRule => ({
  to: [inNetwork(place)],
  ports: [udp(8125), tcp(8126)],
});

const inNetwork = ({ infrastructure }: Place) => ({ ipBlock: { cidr: infrastructure.network.cidr } });

const storePorts = { postgres: 5432, redis: 6379 } as const;

/** Databases and caches have addresses of the network; who may really connect is said by their security groups (E4-12). */
const toStores = (place: Place, { needs }: Service): INetworkPolicyEgressRule[] => {
  const kinds = new Set(needs.flatMap((name) => place.description.stores[name]?.kind ?? []));
  const inside = (['postgres', 'redis'] as const).filter((kind) => kinds.has(kind));
  const rules = inside.map((kind) => ({ to: [inNetwork(place)], ports: [tcp(storePorts[kind])] }));
  return kinds.has('bucket') ? [...rules, ...toBuckets] : rules;
};

/** S3's addresses are public ones and many; and the node's Pod Identity agent gives the credentials, at its fixed address. */
const toBuckets: readonly INetworkPolicyEgressRule[] = [
  { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }], ports: [tcp(443)] },
  { to: [{ ipBlock: { cidr: '169.254.170.23/32' } }], ports: [tcp(80)] },
];
