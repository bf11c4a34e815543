import type { ServiceName } from '@plumbline/contract/names';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { Place } from '../renderer.ts';
import { serviceLabels, workloadOf } from './labels.ts';

/**
 * Who a service is at the cloud: Terraform associates a role with this name by EKS Pod Identity, which needs no annotation
 * and no key (E0-3). In the cluster itself it may do nothing, so that it gets no token for its API.
 */
export const serviceAccountOf = (place: Place, service: ServiceName): IServiceAccount => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {
    name: workloadOf(place.names, service),
    namespace: place.names.namespace,
    labels: serviceLabels(place, service),
  },
  automountServiceAccountToken: false,
});
