import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { allManifests, connect2Places, placeOf, smallPlace, withKeda, withRouting } from '../../testing/kubernetes.ts';
import type { Place } from '../renderer.ts';
import { standingFiles } from './files.ts';
import { kubernetes } from './kubernetes.ts';
import { titleOf } from './manifest.ts';
import { routers } from './routers/index.ts';
import { atRest } from './routers/traffic.ts';
import { routerLimits } from './rules/limits.ts';
import { ofKind, servingOf, variable } from './rules/of-kind.ts';

const routings = ['gateway', 'istio', 'ingress'] as const;
const production = await smallPlace('production');

test('rendering twice gives the same bytes', async () => {
  expect(kubernetes(await connect2Places())).toEqual(kubernetes(await connect2Places()));
});

test('each environment has a folder of its own, with the names of files that the specification has', () => {
  const paths = kubernetes([production]).map(({ path }) => path);
  expect(paths).toContain('k8s/production/backend-deployment.yaml');
  expect(kubernetes([withRouting(production, 'ingress')]).map(({ path }) => path)).toContain(
    'k8s/production/ingress.yaml',
  );
  expect(paths.every((path) => path.startsWith('k8s/production/'))).toBe(true);
});

test('kustomize is given every file, but the migration, which is applied alone', () => {
  const files = kubernetes([production]);
  const listed = files
    .filter(({ path }) => path.endsWith('kustomization.yaml'))
    .flatMap(({ path, content }) =>
      parseAllDocuments(content).flatMap((one) =>
        one.toJS().resources.map((name: string) => path.replace('kustomization.yaml', name)),
      ),
    );
  const manifests = files.map(({ path }) => path).filter((path) => !path.endsWith('kustomization.yaml'));
  expect([...listed].sort()).toEqual([...manifests].sort());
});

test.each(routings)('with %s, no two objects have one name', (routing) => {
  const keys = allManifests(withRouting(production, routing)).map(
    (one) => `${one.apiVersion} ${titleOf(one)} in ${one.metadata?.namespace ?? 'the cluster'}`,
  );
  expect(keys).toEqual([...new Set(keys)]);
});

test.each(routings)('%s brings requests by one router, which has all limits of the description', async (routing) => {
  const more = `infrastructure: { rate_limit: { per_second: 37, burst: 90 }, body_limit: 3Mi, routing: ${routing} }\n`;
  expect(routerLimits(allManifests(await smallPlace('production', more)))).toEqual([
    {
      router:
        { gateway: 'HTTPRoute', istio: 'VirtualService', ingress: 'Ingress' }[routing] +
        (routing === 'ingress' ? '/connect2-ingress' : '/connect2'),
      perSecond: 37,
      burst: 90,
      bodyBytes: 3 * 1024 ** 2,
      strictTransportSeconds: 31_536_000,
      redirectsToHttps: true,
      hasCertificate: true,
      hasTimeouts: true,
    },
  ]);
});

test.each([
  [atRest, 100, 0],
  [{ stable: 'blue', candidateWeightPercent: 10 } as const, 90, 10],
  [{ stable: 'green', candidateWeightPercent: 33.4 } as const, 33, 67],
])('weights follow the slots: %j', (traffic, blue, green) => {
  const routes = ofKind(routers.gateway.render(production, traffic), 'HTTPRoute');
  const shares = routes.flatMap(({ spec }) => spec?.rules ?? []).flatMap(({ backendRefs = [] }) => backendRefs);
  expect(shares.map(({ name, weight }) => [name, weight])).toEqual([
    ['connect2-backend-blue', blue],
    ['connect2-backend-green', green],
    ['connect2-frontend-blue', blue],
    ['connect2-frontend-green', green],
  ]);
  const http = ofKind(routers.istio.render(production, traffic), 'VirtualService')[0]?.spec?.http ?? [];
  expect(http.map(({ route = [] }) => route.map(({ weight }) => weight))).toEqual([
    [blue, green],
    [blue, green],
  ]);
});

test('an Ingress has no weights: its Services reach the slot that is stable', () => {
  const place = withRouting(production, 'ingress');
  const services = standingFiles(place, { stable: 'green', candidateWeightPercent: 0 }).flatMap(({ objects }) =>
    ofKind(objects, 'Service'),
  );
  const named = services.find(({ metadata }) => metadata?.name === 'connect2-backend');
  expect(named?.spec?.selector).toMatchObject({ 'plumbline/slot': 'green' });
});

const backendOf = (place: Place) =>
  servingOf(allManifests(place)).find(({ labels }) => labels['app.kubernetes.io/component'] === 'backend');

test('one number of the description changes every object that depends on it', async () => {
  const more = (await smallPlace('production')).environment.resources.api;
  expect(more?.memory).toBe('4Gi');
  const small = {
    ...production,
    environment: { ...production.environment, resources: { api: { cpu: 1, memory: '1Gi' } } },
  };
  const [container] = backendOf(small)?.containers ?? [];
  expect(container?.resources).toEqual({
    requests: { cpu: '500m', memory: '1Gi' },
    limits: { cpu: '1', memory: '1Gi' },
  });
  expect(container && variable(container, 'NODE_OPTIONS')?.value).toBe('--max-old-space-size=768');
  const quota = allManifests(small).find(({ kind }) => kind === 'ResourceQuota');
  // (10 + 1) × 2 of both services, and one migration: 22 × 1 GiB + 22 × 512 MiB + 1 GiB.
  expect(quota).toMatchObject({ spec: { hard: { pods: '45', 'requests.memory': '34Gi' } } });
});

test.each([
  ['an environment without autoscaling has none', 'development', (place: Place) => place, 0, 0],
  ['by HPA, each slot of each service has one', 'production', (place: Place) => place, 4, 0],
  ['by KEDA, each has a ScaledObject and no HPA', 'production', withKeda, 0, 4],
] as const)('%s', async (_what, environment, changed, hpas, scaledObjects) => {
  const all = allManifests(changed(await smallPlace(environment)));
  expect(ofKind(all, 'HorizontalPodAutoscaler')).toHaveLength(hpas);
  expect(ofKind(all, 'ScaledObject')).toHaveLength(scaledObjects);
});

test('hours of more replicas are written as cron lines of their zone', () => {
  const [one] = ofKind(allManifests(withKeda(production)), 'ScaledObject');
  expect(one?.spec?.triggers?.[1]).toEqual({
    type: 'cron',
    metadata: {
      timezone: 'America/Los_Angeles',
      start: '0 8 * * 1,2,3,4,5',
      end: '0 18 * * 1,2,3,4,5',
      desiredReplicas: '10',
    },
  });
});

test('a pod reaches what its service needs, and no other store', async () => {
  const all = allManifests(production);
  const ports = (name: string) =>
    ofKind(all, 'NetworkPolicy')
      .filter(({ metadata }) => metadata?.name === name)
      .flatMap(({ spec }) => spec?.egress ?? [])
      .flatMap(({ ports: open = [] }) => open.map(({ port }) => port));
  expect(ports('allow-backend')).toEqual([5432, 6379, 8125, 8126]);
  expect(ports('allow-frontend')).toEqual([8125, 8126]);
  expect(ports('allow-migration')).toEqual([5432, 6379]);
  expect(ports('default-deny')).toEqual([]);
});

test('a service without a route is a worker: it has no Service, and nothing may reach it', async () => {
  const app = `app: queue
domain: queue.example
path: [development, staging, production]
services:
  web: { start: [node, web.js], route: /, health: /up }
  worker: { start: [python3, worker.py], needs: [jobs] }
stores: { jobs: { kind: redis } }
`;
  const all = allManifests(await placeOf(app, 'production'));
  const names = ofKind(all, 'Service').map(({ metadata }) => metadata?.name);
  expect(names).toEqual(['queue-web-blue', 'queue-web-green']);
  const policy = ofKind(all, 'NetworkPolicy').find(({ metadata }) => metadata?.name === 'allow-worker');
  expect(policy?.spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
  expect(policy?.spec?.ingress).toBeUndefined();
  expect(JSON.stringify(all)).not.toMatch(/connect2|Connect 2/);
});

test('an environment without a domain has no router, since there is nothing to make a certificate for', () => {
  const all = allManifests({ ...production, names: { ...production.names, domain: null } });
  expect(routerLimits(all)).toEqual([]);
  expect(ofKind(all, 'Certificate')).toEqual([]);
  expect(servingOf(all)).toHaveLength(4);
});

test('the migration is run by the service’s own knex, on the address that its secret has', () => {
  const [job] = ofKind(allManifests(production), 'Job');
  expect(job?.spec?.template.spec?.containers[0]?.args?.join(' ')).toBe(
    'node_modules/knex/bin/cli.js migrate:latest --client pg --connection $(DATABASE_URL) --migrations-directory ./dist/migrations',
  );
});
