import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { slots } from '@plumbline/contract/shape';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { Place } from '../../renderer.ts';
import { appLabels, slotName } from '../labels.ts';
import type { Manifest } from '../manifest.ts';
import { restrictedLabels } from '../namespace.ts';
import { servicePort } from '../ports.ts';
import { certificateOf, issuerOf, tlsSecretName } from './certificate.ts';
import { slotRules } from './destination-rule.ts';
import { envoyLimits } from './envoy-limits.ts';
import { routerNamespace } from './namespace.ts';
import { hostOf, type Route, routesOf, strictTransport } from './routes.ts';
import { type Traffic, weightsOf } from './traffic.ts';

/**
 * Gateway API, served by Istio: the Ingress controller of 5.1 is retired, and the specification wants Istio for canaries
 * anyway (E5-13). The gateway has a namespace of its own, since its pods run Istio's image, which is none of the app's.
 */
export const gatewayRouter = (place: Place, traffic: Traffic): readonly Manifest[] => [
  gatewayNamespace(place),
  issuerOf(place),
  certificateOf(place, routerNamespace(place)),
  gatewayOf(place),
  toHttps(place),
  routeOf(place, traffic),
  ...routesOf(place).flatMap(({ service }) => slotRules(place, service)),
  envoyLimits(place, {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: place.description.app }],
  }),
];

const gatewayNamespace = (place: Place): INamespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: routerNamespace(place), labels: { ...appLabels(place), ...restrictedLabels(place) } },
});

/** An address of the visitor's own reaches the proxy, which the limit of requests goes by. */
const loadBalancer = {
  'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
  'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing',
  'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
  'service.beta.kubernetes.io/aws-load-balancer-target-group-attributes': 'preserve_client_ip.enabled=true',
} as const;

const gatewayOf = (place: Place): IGateway => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: place.description.app, namespace: routerNamespace(place), labels: appLabels(place) },
  spec: {
    gatewayClassName: 'istio',
    infrastructure: { annotations: loadBalancer },
    listeners: [
      { name: 'http', port: 80, protocol: 'HTTP', hostname: hostOf(place), allowedRoutes: allowed(place) },
      {
        name: 'https',
        port: 443,
        protocol: 'HTTPS',
        hostname: hostOf(place),
        tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: tlsSecretName(place) }] },
        allowedRoutes: allowed(place),
      },
    ],
  },
});

const allowed = ({ names }: Place) => ({
  namespaces: {
    from: 'Selector' as const,
    selector: { matchLabels: { 'kubernetes.io/metadata.name': names.namespace } },
  },
});

const attached = (place: Place, sectionName: string) => [
  { name: place.description.app, namespace: routerNamespace(place), sectionName },
];

const toHttps = (place: Place): IHTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: metadataOf(place, `${place.description.app}-to-https`),
  spec: {
    parentRefs: attached(place, 'http'),
    hostnames: [hostOf(place)],
    rules: [
      { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', port: 443, statusCode: 301 } }] },
    ],
  },
});

const routeOf = (place: Place, traffic: Traffic): IHTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: metadataOf(place, place.description.app),
  spec: {
    parentRefs: attached(place, 'https'),
    hostnames: [hostOf(place)],
    rules: routesOf(place).map((route) => ruleOf(place, traffic, route)),
  },
});

type Rule = NonNullable<NonNullable<IHTTPRoute['spec']>['rules']>[number];

/** One route for all requests of a prefix, which the slots share by weight: nobody is left without one (E7-5). */
const ruleOf = (place: Place, traffic: Traffic, { service, prefix }: Route): Rule => {
  const weights = weightsOf(traffic);
  return {
    matches: [{ path: { type: 'PathPrefix', value: prefix } }],
    filters: [
      {
        type: 'ResponseHeaderModifier',
        responseHeaderModifier: { set: [{ name: 'Strict-Transport-Security', value: strictTransport.header }] },
      },
    ],
    backendRefs: slots.map((slot) => ({
      name: slotName(place, service, slot),
      port: servicePort,
      weight: weights[slot],
    })),
  };
};

const metadataOf = (place: Place, name: string) => ({
  name,
  namespace: place.names.namespace,
  labels: appLabels(place),
});
