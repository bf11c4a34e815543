import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IClusterIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer';
import type { Place } from '../../renderer.ts';
import { appLabels } from '../labels.ts';
import { hostOf } from './routes.ts';

/** The specification's 5.1. */
export const issuerName = 'letsencrypt-prod';

export const tlsSecretName = ({ description }: Place): string => `${description.app}-tls`;

/** It proves the domain by its DNS, with cert-manager's own Pod Identity: neither a key nor an open port is needed. */
export const issuerOf = (place: Place): IClusterIssuer => {
  const [email] = place.infrastructure.budget.tell;
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name: issuerName, labels: appLabels(place) },
    spec: {
      acme: {
        server: 'https://acme-v02.api.letsencrypt.org/directory',
        ...(email === undefined ? {} : { email }),
        privateKeySecretRef: { name: `${issuerName}-account` },
        solvers: [{ dns01: { route53: { region: place.names.region } } }],
      },
    },
  };
};

/** Kept where the router's pods are, since they read it there. Renewed a month before its end. */
export const certificateOf = (place: Place, namespace: string): ICertificate => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: { name: tlsSecretName(place), namespace, labels: appLabels(place) },
  spec: {
    secretName: tlsSecretName(place),
    dnsNames: [hostOf(place)],
    issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: issuerName },
    duration: '2160h',
    renewBefore: '720h',
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
  },
});
