import type { IGateway } from '@kubernetes-models/istio/networking.istio.io/v1/Gateway';
import type { IVirtualService } from '@kubernetes-models/istio/networking.istio.io/v1/VirtualService';
import { slots } from '@plumbline/contract/shape';
import type { Place } from '../../renderer.ts';
import { appLabels, workloadOf } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { servicePort } from '../ports.ts';
import { certificateOf, issuerOf, tlsSecretName } from './certificate.ts';
import { hostnameOf, subsetsOf } from './destination-rule.ts';
import { envoyLimits } from './envoy-limits.ts';
import { routerNamespace } from './namespace.ts';
import { hostOf, type Route, routesOf, strictTransport } from './routes.ts';
import { type Traffic, weightsOf } from './traffic.ts';

/** The pods of Istio's own gateway, as its chart labels them. */
const gatewayPods = { istio: 'ingress' } as const;

/** The canary of 7.3, made right: bound to the gateway, with a route for everybody, and subsets that exist (E7-5 to E7-8). */
export const istioRouter = (place: Place, traffic: Traffic): readonly Manifest[] => [
  issuerOf(place),
  certificateOf(place, routerNamespace(place)),
  gatewayOf(place),
  virtualServiceOf(place, traffic),
  ...routesOf(place).map(({ service }) => subsetsOf(place, service)),
  envoyLimits(place, { workloadSelector: { labels: gatewayPods } }),
];

const gatewayOf = (place: Place): IGateway => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name: place.description.app, namespace: routerNamespace(place), labels: appLabels(place) },
  spec: {
    selector: gatewayPods,
    servers: [
      {
        port: { number: 80, name: 'http', protocol: 'HTTP' },
        hosts: [`${place.names.namespace}/${hostOf(place)}`],
        tls: { httpsRedirect: true },
      },
      {
        port: { number: 443, name: 'https', protocol: 'HTTPS' },
        hosts: [`${place.names.namespace}/${hostOf(place)}`],
        tls: { mode: 'SIMPLE', credentialName: tlsSecretName(place), minProtocolVersion: 'TLSV1_2' },
      },
    ],
  },
});

const virtualServiceOf = (place: Place, traffic: Traffic): IVirtualService => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: place.description.app, namespace: place.names.namespace, labels: appLabels(place) },
  spec: {
    hosts: [hostOf(place)],
    gateways: [`${routerNamespace(place)}/${place.description.app}`],
    http: routesOf(place).map((route) => httpOf(place, traffic, route)),
  },
});

type Http = NonNullable<NonNullable<IVirtualService['spec']>['http']>[number];

/** No time-out, since streams have none; tried again only where no replica has seen the request. */
const httpOf = (place: Place, traffic: Traffic, { service, prefix }: Route): Http => {
  const weights = weightsOf(traffic);
  return {
    name: service,
    ...(prefix === '/' ? {} : { match: matches(prefix) }),
    route: slots.map((slot) => ({
      destination: {
        host: hostnameOf(place, workloadOf(place.names, service)),
        subset: slot,
        port: { number: servicePort },
      },
      weight: weights[slot],
    })),
    headers: { response: { set: { 'Strict-Transport-Security': strictTransport.header } } },
    timeout: '0s',
    retries: { attempts: 2, retryOn: 'connect-failure,refused-stream,reset-before-request' },
  };
};

/** `/api` and all below it, but not `/apiary`: Istio's prefixes are of characters, not of segments. */
const matches = (prefix: string) => [{ uri: { exact: prefix } }, { uri: { prefix: `${prefix.replace(/\/$/, '')}/` } }];
