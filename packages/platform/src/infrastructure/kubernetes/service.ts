import type { ServiceName } from '@plumbline/contract/names';
import type { Slot } from '@plumbline/contract/shape';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServicePort } from 'kubernetes-models/v1/ServicePort';
import type { Place } from '../renderer.ts';
import { serviceLabels, serviceSelector, slotLabels, slotName, slotSelector, workloadOf } from './labels.ts';
import { portName, servicePort } from './ports.ts';

/** Reaches one slot and no other: routers weigh these, and a candidate is tried through its own before it gets visitors (E7-2). */
export const slotServiceOf = (place: Place, service: ServiceName, slot: Slot): IService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: slotName(place, service, slot),
    namespace: place.names.namespace,
    labels: slotLabels(place, service, slot),
  },
  spec: { type: 'ClusterIP', selector: slotSelector(place, service, slot), ports: ports() },
});

/**
 * Reaches the service under the specification's name. Istio needs it as the host whose subsets are the slots, and
 * selects both; an Ingress, which has no weights, needs the slot that is stable, which the engine switches here (E7-1).
 */
export const serviceOf = (place: Place, service: ServiceName, only: Slot | null): IService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: workloadOf(place.names, service),
    namespace: place.names.namespace,
    labels: serviceLabels(place, service),
  },
  spec: {
    type: 'ClusterIP',
    selector: only === null ? serviceSelector(place, service) : slotSelector(place, service, only),
    ports: ports(),
  },
});

const ports = (): IServicePort[] => [
  { name: portName, port: servicePort, targetPort: portName, protocol: 'TCP', appProtocol: 'http' },
];
