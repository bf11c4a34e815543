import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { allManifests, everyPlace } from '../../testing/kubernetes.ts';
import { checkedErrata, checkManifests } from './check-manifests.ts';
import type { Manifest } from './manifest.ts';
import { checkStrictly } from './strict/check-strict.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/specification/${name}`, import.meta.url), 'utf8');

/** As the specification has them, word for word. */
const specified = (...names: readonly string[]): readonly Manifest[] =>
  // The specification's own YAML: what is wrong with it is what the tests are about.
  names.flatMap((name) => parseAllDocuments(fixture(name)).map((one) => one.toJS() as Manifest));

const backend = specified('backend-deployment.yaml');
const ingress = specified('ingress.yaml');
const canary = specified('virtual-service.yaml');
const keda = specified('scaled-object.yaml');

/** The Ingress of 5.1 as the command of 7.2 leaves it: lists are replaced whole. */
const switched: readonly Manifest[] = ingress.map((one) => ({ ...one, ...merged(one) }));

function merged(one: Manifest) {
  const { spec } = JSON.parse(fixture('switch-to-green.json'));
  return { spec: { ...('spec' in one && typeof one.spec === 'object' ? one.spec : {}), ...spec } };
}

const ours = (await everyPlace()).map(allManifests);

test.each([
  ['E0-3', 'secrets that nothing makes', backend, 'nothing makes connect2-secrets/jwt-secret'],
  ['E3-20', 'nobody in the cluster may deliver', backend, 'who delivers has no rights'],
  ['E3-22', 'latest as what is delivered', backend, 'connect2-backend:latest means other bytes tomorrow'],
  ['E3-32', 'nothing looks at signatures', backend, 'nothing refuses an image without signature'],
  ['E5-1', 'NODE_ENV as the environment', backend, 'APP_ENV does not say the environment'],
  ['E5-2', 'a frontend that requests go to and that is not there', [...backend, ...ingress], 'connect2-frontend'],
  ['E5-3', 'one probe for life and readiness', backend, 'liveness asks what readiness asks'],
  ['E5-4', 'zero downtime without a drain', backend, 'no preStop sleep'],
  ['E5-5', 'nothing for the day on which a node is emptied', backend, '0 PodDisruptionBudgets'],
  ['E5-6', 'pods that may do anything', backend, 'may run as root'],
  ['E5-7', 'replicas beside an autoscaler', backend, 'says replicas, which its autoscaler decides'],
  ['E5-8', 'an HPA and a ScaledObject for one Deployment', [...backend, ...keda], '2 autoscalers fight over it'],
  ['E5-9', 'scaling by memory', backend, 'scales by memory'],
  ['E5-11', 'a class by annotation', ingress, 'says its class by annotation'],
  ['E5-12', 'an annotation that no controller knows', ingress, 'limits no rate'],
  ['E5-13', 'a controller that is retired', ingress, 'ingress-nginx, which gets no fixes'],
  ['E5-14', 'a port without a name', backend, 'its port says neither name nor appProtocol'],
  ['E5-15', 'a selector that mixes blue and green', backend, 'mixes the old release with the new one'],
  ['E5-16', 'a memory limit of twice the request', backend, 'asks for less memory than it may use'],
  ['E5-18', 'secrets that never change', backend, 'a new value never reaches connect2-secrets'],
  ['E5-19', 'no issuer, no HSTS, no limit of size, no time-outs', ingress, 'sends no Strict-Transport-Security'],
  ['E6-2', 'migrations from a runner outside', backend, 'no Job migrates'],
  ['E6-9', 'migrations that wait for locks', backend, 'nothing bounds how long a migration waits'],
  ['E7-1', 'a backend as v1beta1 named it', switched, 'names a backend as v1beta1 did'],
  ['E7-2', 'a green release that cannot be tried', backend, 'cannot be tried before it gets visitors'],
  ['E7-3', 'a Deployment without a colour', backend, 'is not named after its slot'],
  ['E7-4', 'an autoscaler for one colour', backend, 'scales one slot alone'],
  ['E7-5', 'a route for phones alone', canary, 'answers only whom its last route matches'],
  ['E7-6', 'subsets that nothing defines', canary, 'are the subset canary of connect2-backend: 503'],
  ['E7-7', 'a route that no gateway has', canary, 'is bound to no gateway'],
  ['E7-8', 'an old version of Istio’s kinds', canary, 'networking.istio.io/v1beta1 is old'],
  ['E7-9', '“set weight to 0”, which leaves a sum of 90', withoutCanary(canary), 'its weights sum to 90'],
  ['E8-3', 'metrics that go to the pod itself', backend, 'where nobody listens'],
  ['E8-5', 'a version that nobody sets', backend, 'APP_VERSION is not set'],
  ['E12-3', 'a trigger’s type in its metadata', keda, 'its trigger cpu says its type in metadata'],
  ['E12-4', 'two floors for one number of replicas', [...backend, ...keda], '3 to 10, 2 to 10'],
])('%s: %s is found in the specification, and not in what is rendered', (id, _what, wrong, message) => {
  const found = checkManifests(wrong).filter((one) => one.id === id);
  expect(found.map((one) => one.message)).toContainEqual(expect.stringContaining(message));
  for (const manifests of ours) expect(checkManifests(manifests).filter((one) => one.id === id)).toEqual([]);
});

test('no erratum is checked for without a test of its own here', () => {
  const named = readFileSync(new URL(import.meta.url), 'utf8').match(/(?<=^ {2}\[')E\d+-\d+/gm);
  expect([...checkedErrata].sort()).toEqual([...(named ?? [])].sort());
});

test('E7-1: the schema of the Ingress refuses the patched one as well', async () => {
  const messages = (await checkStrictly(switched)).map(({ message }) => message);
  expect(messages).toContainEqual(
    expect.stringContaining('unknown field /spec/rules/0/http/paths/0/backend/serviceName'),
  );
});

/** What the specification says to do when the canary is bad. */
function withoutCanary(all: readonly Manifest[]): readonly Manifest[] {
  return JSON.parse(JSON.stringify(all).replace('"weight":10,', '"weight":0,').replace('"weight":10}', '"weight":0}'));
}
