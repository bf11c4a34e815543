import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { Place } from '../../renderer.ts';
import { appLabels, workloadOf } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { portName } from '../ports.ts';
import { issuerName, issuerOf, tlsSecretName } from './certificate.ts';
import { hostOf, routesOf, strictTransport } from './routes.ts';

/**
 * The Ingress of 5.1, made right, for clusters that have no Gateway API. The controller is F5's, which is maintained; the one
 * of 5.1 is retired (E5-13), and knows no annotation `rate-limit` (E5-12). An Ingress has no weights: traffic moves by the
 * selector of the Services that it names, all at once.
 */
export const ingressRouter = (place: Place): readonly Manifest[] => [issuerOf(place), ingressOf(place)];

const ingressOf = (place: Place): IIngress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name: `${place.description.app}-ingress`,
    namespace: place.names.namespace,
    labels: appLabels(place),
    annotations: annotationsOf(place),
  },
  spec: {
    ingressClassName: 'nginx',
    tls: [{ hosts: [hostOf(place)], secretName: tlsSecretName(place) }],
    rules: [
      {
        host: hostOf(place),
        http: {
          paths: routesOf(place).map(({ service, prefix }) => ({
            path: prefix,
            pathType: 'Prefix',
            backend: { service: { name: workloadOf(place.names, service), port: { name: portName } } },
          })),
        },
      },
    ],
  },
});

const annotationsOf = ({ infrastructure: { rateLimit, bodyLimitBytes } }: Place): Record<string, string> => ({
  'cert-manager.io/cluster-issuer': issuerName,
  'nginx.org/redirect-to-https': 'true',
  'nginx.org/hsts': 'true',
  'nginx.org/hsts-max-age': String(strictTransport.seconds),
  'nginx.org/hsts-include-subdomains': 'true',
  'nginx.org/limit-req-rate': `${rateLimit.perSecond}r/s`,
  'nginx.org/limit-req-burst': String(rateLimit.burst),
  'nginx.org/limit-req-no-delay': 'true',
  'nginx.org/limit-req-key': `\${binary_remote_addr}`,
  'nginx.org/limit-req-zone-size': '10m',
  'nginx.org/limit-req-reject-code': '429',
  'nginx.org/client-max-body-size': String(bodyLimitBytes),
  'nginx.org/proxy-connect-timeout': '5s',
  'nginx.org/proxy-read-timeout': '300s',
  'nginx.org/proxy-send-timeout': '60s',
});
