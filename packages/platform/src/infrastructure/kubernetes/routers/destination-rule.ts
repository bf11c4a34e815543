import type { IDestinationRule } from '@kubernetes-models/istio/networking.istio.io/v1/DestinationRule';
import type { ServiceName } from '@plumbline/contract/names';
import { slots } from '@plumbline/contract/shape';
import type { Place } from '../../renderer.ts';
import { serviceLabels, slotLabel, slotName, workloadOf } from '../labels.ts';

/** Idle connections are closed by the proxy before the app would: the app keeps them longer than a minute (E5-4). */
const trafficPolicy = {
  loadBalancer: { simple: 'LEAST_REQUEST' },
  connectionPool: { tcp: { connectTimeout: '5s' }, http: { idleTimeout: '30s' } },
} as const;

/** `connect2-backend.production.svc.cluster.local`: in full, since a short name would be sought in the rule's own namespace. */
export const hostnameOf = ({ names }: Place, service: string): string =>
  `${service}.${names.namespace}.svc.cluster.local`;

/** The slots as subsets of the service, which a VirtualService weighs (E7-6). The gateway's proxy picks the pods: they need no sidecar. */
export const subsetsOf = (place: Place, service: ServiceName): IDestinationRule =>
  ruleOf(place, service, workloadOf(place.names, service), {
    subsets: slots.map((slot) => ({ name: slot, labels: { [slotLabel]: slot } })),
  });

/** For each slot's own Service, where nothing weighs subsets. */
export const slotRules = (place: Place, service: ServiceName): readonly IDestinationRule[] =>
  slots.map((slot) => ruleOf(place, service, slotName(place, service, slot), {}));

const ruleOf = (
  place: Place,
  service: ServiceName,
  name: string,
  more: Pick<NonNullable<IDestinationRule['spec']>, 'subsets'>,
): IDestinationRule => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name, namespace: place.names.namespace, labels: serviceLabels(place, service) },
  spec: { host: hostnameOf(place, name), trafficPolicy, ...more },
});
