import type { IClusterSecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore';
import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import type { ServiceName } from '@plumbline/contract/names';
import { namedEntries } from '../../environments/named.ts';
import type { Place } from '../renderer.ts';
import { appLabels, serviceLabels, workloadOf } from './labels.ts';
import { secretEntries } from './secret-entries.ts';

/** Secrets come from the cloud's secret store, and from nowhere else (E0-3). Nothing where no service needs one. */
export const externalSecrets = (place: Place): readonly (IClusterSecretStore | IExternalSecret)[] => {
  const all = namedEntries(place.description.services).flatMap(([name]) => externalSecretOf(place, name));
  return all.length > 0 ? [storeOf(place), ...all] : [];
};

const storeName = ({ description, names }: Place): string => `${description.app}-${names.environment}`;

/** The operator reads by its own Pod Identity, so that no key is written here; other namespaces cannot use it. */
const storeOf = (place: Place): IClusterSecretStore => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ClusterSecretStore',
  metadata: { name: storeName(place), labels: appLabels(place) },
  spec: {
    provider: { aws: { service: 'SecretsManager', region: place.names.region } },
    conditions: [{ namespaces: [place.names.namespace] }],
  },
});

/** A new value reaches the Secret within the hour and a pod when it is next started: variables are read once (E5-18). */
const externalSecretOf = (place: Place, service: ServiceName): readonly IExternalSecret[] => {
  const entries = secretEntries(place, service);
  if (entries.length === 0) return [];
  const name = workloadOf(place.names, service);
  return [
    {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name, namespace: place.names.namespace, labels: serviceLabels(place, service) },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { kind: 'ClusterSecretStore', name: storeName(place) },
        target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
        data: entries.map(({ key, remoteKey }) => ({ secretKey: key, remoteRef: { key: remoteKey } })),
      },
    },
  ];
};
