import { expect, test } from 'vitest';
import { allManifests, connect2Places, withKeda, withRouting } from '../../testing/kubernetes.ts';
import { checkManifests } from './check-manifests.ts';
import type { Manifest } from './manifest.ts';

const [place] = (await connect2Places()).filter(({ names }) => names.environment === 'production');
if (!place) throw new Error('Connect 2.0 has no production');
const gateway = allManifests(place);
const istio = allManifests(withRouting(place, 'istio'));
const ingress = allManifests(withRouting(place, 'ingress'));

const { scaling } = place.infrastructure;
const hpas = allManifests({
  ...place,
  infrastructure: { ...place.infrastructure, scaling: { ...scaling, by: 'hpa' } },
}).filter(({ kind }) => kind === 'HorizontalPodAutoscaler');

const without =
  (kind: string, name = /.*/) =>
  (all: readonly Manifest[]) =>
    all.filter((one) => one.kind !== kind || !name.test(one.metadata?.name ?? ''));

/** Everything with other words in it, as a careless hand would leave it. */
const having = (text: string | RegExp, other: string) => (all: readonly Manifest[]) =>
  JSON.parse(JSON.stringify(all).replaceAll(text, other)) as readonly Manifest[];

test.each([
  ['E0-3', 'an ExternalSecret is missing', gateway, without('ExternalSecret')],
  [
    'E3-20',
    'who delivers may read secrets',
    gateway,
    having('"resources":["services"]', '"resources":["services","secrets"]'),
  ],
  ['E3-22', 'an image has a tag', gateway, having('"image":"connect2-backend-blue"', '"image":"connect2-backend:v1"')],
  ['E3-32', 'admission only warns', gateway, having('"Deny"', '"Warn"')],
  ['E5-1', 'a variable of the environment is missing', gateway, having('"APP_ENV"', '"APP_STAGE"')],
  ['E5-2', 'a Service is missing', gateway, without('Service', /frontend-green/)],
  ['E5-3', 'liveness asks the stores', gateway, having('/api/livez', '/api/readyz')],
  ['E5-4', 'nothing sleeps', gateway, having('"preStop"', '"postStart"')],
  ['E5-5', 'one budget is missing', gateway, without('PodDisruptionBudget', /backend-green/)],
  ['E5-6', 'nothing is denied', gateway, without('NetworkPolicy', /default-deny/)],
  [
    'E5-6',
    'the image may be written to',
    gateway,
    having('"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false'),
  ],
  ['E5-7', 'replicas are said', gateway, having('"minReadySeconds":5', '"minReadySeconds":5,"replicas":3')],
  ['E5-8', 'an HPA is there beside KEDA', gateway, (all: readonly Manifest[]) => [...all, ...hpas]],
  ['E5-9', 'V8 may take what it likes', gateway, having('--max-old-space-size', '--stack-size')],
  ['E5-12', 'the proxy has no limits', istio, without('EnvoyFilter')],
  ['E5-12', 'an annotation is misspelt', ingress, having('limit-req-rate', 'limit-rate')],
  ['E5-14', 'a port is a number', gateway, having('"targetPort":"http"', '"targetPort":3000')],
  [
    'E5-15',
    'a Service reaches both slots',
    ingress,
    having('"plumbline/slot":"blue"},"ports"', '"any":"pod"},"ports"'),
  ],
  [
    'E5-16',
    'less memory is asked for',
    gateway,
    having(/"requests":\{"cpu":"1","memory":"4Gi"\}/g, '"requests":{"cpu":"1","memory":"2Gi"}'),
  ],
  ['E5-19', 'HTTPS is not asked for again', gateway, having('Strict-Transport-Security', 'X-Other')],
  ['E5-19', 'there is no certificate', gateway, without('Certificate')],
  ['E6-2', 'a migration is tried again', gateway, having('"backoffLimit":0', '"backoffLimit":6')],
  ['E6-9', 'a migration waits for locks', gateway, having('lock_timeout=5s', 'a=b')],
  ['E7-2', 'slots have no Services', istio, without('Service', /-(blue|green)$/)],
  ['E7-4', 'one autoscaler is missing', gateway, without('ScaledObject', /backend-green/)],
  [
    'E7-5',
    'the last route is for some',
    istio,
    having('"name":"frontend",', '"name":"frontend","match":[{"headers":{"user-agent":{"regex":"x"}}}],'),
  ],
  ['E7-6', 'subsets are not defined', istio, without('DestinationRule')],
  ['E7-7', 'no gateway is named', istio, having('"gateways":["istio-ingress/connect2"]', '"gateways":["mesh"]')],
  [
    'E7-7',
    'there are two routers',
    gateway,
    (all: readonly Manifest[]) => [...all, ...ingress.filter(({ kind }) => kind === 'Ingress')],
  ],
  ['E7-9', 'weights sum to 110', gateway, having('"weight":0', '"weight":10')],
  ['E8-3', 'metrics go to the pod itself', gateway, having('status.hostIP', 'status.podIP')],
  [
    'E12-4',
    'the hours ask for too much',
    allManifests(withKeda(place)),
    having('"desiredReplicas":"10"', '"desiredReplicas":"11"'),
  ],
] as const)('%s is found in what we render as soon as %s', (id, _what, all, broken) => {
  expect(checkManifests(all)).toEqual([]);
  expect(checkManifests(broken(all)).map((one) => one.id)).toContain(id);
});
