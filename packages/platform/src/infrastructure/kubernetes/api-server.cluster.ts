import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, controlPlaneBinaries, startControlPlane } from '../../testing/control-plane.ts';
import { allManifests, connect2Places, withRouting } from '../../testing/kubernetes.ts';
import { type Manifest, titleOf } from './manifest.ts';

const binaries = controlPlaneBinaries();
if (binaries === undefined)
  process.stderr.write('KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd: setup-envtest fills one\n');

const group = 'connect2-deployers';
const places = (await connect2Places()).map((place) => withRouting(place, 'ingress'));
const production = places.filter(({ names }) => names.environment === 'production').flatMap(allManifests);

let cluster: ControlPlane;

/** Fields that an old server does not have or keep yet: they are left out, and said, with the version that brought them. */
const younger: Readonly<Record<string, string>> = {
  lifecycle: 'preStop.sleep (1.30)',
  matchLabelKeys: 'matchLabelKeys (1.25)',
  ttlSecondsAfterFinished: 'ttlSecondsAfterFinished (1.21)',
};

const withoutYounger = (one: Manifest): Manifest =>
  JSON.parse(JSON.stringify(one, (key, value) => (Object.hasOwn(younger, key) ? undefined : value)));

const apiOf = ({ apiVersion = '' }: Manifest): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

interface Served {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Where an object is to be found; undefined: the server has no such kind, as its discovery says. */
const placeOf = async (one: Manifest): Promise<string | undefined> => {
  const { status, body } = await cluster.ask('admin', 'GET', apiOf(one));
  // Discovery's own format: a list of resources.
  const resources = (body.resources ?? []) as readonly Served[];
  const served =
    status === 200 ? resources.find(({ kind, name }) => kind === one.kind && !name.includes('/')) : undefined;
  if (!served) return undefined;
  const namespace = served.namespaced ? `/namespaces/${one.metadata?.namespace}` : '';
  return `${apiOf(one)}${namespace}/${served.name}/${one.metadata?.name}`;
};

const apply = async (one: Manifest, owner = 'plumbline') => {
  const at = await placeOf(one);
  return at === undefined
    ? undefined
    : cluster.ask('admin', 'PATCH', `${at}?fieldManager=${owner}`, one, 'application/apply-patch+yaml');
};

const versionOf = async (at: string): Promise<unknown> => {
  const { metadata } = (await cluster.ask('admin', 'GET', at)).body;
  // Every object has one: it grows with each change.
  return (metadata as { readonly resourceVersion: string }).resourceVersion;
};

const deployments = '/apis/apps/v1/namespaces/production/deployments';

describe.skipIf(binaries === undefined)('a real API server', () => {
  beforeAll(async () => {
    cluster = await startControlPlane(binaries ?? '', [group]);
  }, 90_000);
  afterAll(() => cluster?.stop());

  test('takes every object of every environment whose kind it has, and says which it lacks', async () => {
    const lacking = new Set<string>();
    const refused: string[] = [];
    let applied = 0;
    for (const one of places.flatMap(allManifests)) {
      const answer = await apply(withoutYounger(one));
      if (!answer) lacking.add(`${one.apiVersion} ${one.kind}`);
      else if (answer.status < 300) applied += 1;
      else refused.push(`${titleOf(one)}: ${answer.status} ${answer.body.message}`);
    }
    process.stdout.write(
      `${applied} objects applied; left out: ${[...lacking, ...Object.values(younger)].join(', ')}\n`,
    );
    expect(refused).toEqual([]);
    expect(applied).toBeGreaterThan(70);
  });

  test('changes nothing when they are applied again', async () => {
    const changed: string[] = [];
    for (const one of production) {
      const at = await placeOf(one);
      if (at === undefined) continue;
      const before = await versionOf(at);
      await apply(withoutYounger(one));
      if ((await versionOf(at)) !== before) changed.push(titleOf(one));
    }
    expect(changed).toEqual([]);
  });

  test('refuses a field that is misspelt', async () => {
    const [deployment] = production.filter(({ kind }) => kind === 'Deployment').map(withoutYounger);
    const answer = await apply({
      ...deployment,
      spec: { ...(deployment as { spec?: object }).spec, replicaz: 3 },
    } as Manifest);
    expect(answer).toMatchObject({
      status: 500,
      body: { message: expect.stringContaining('.spec.replicaz: field not declared in schema') },
    });
  });

  test('E5-7: leaves the replicas alone that another owner has set', async () => {
    const at = `${deployments}/connect2-backend-blue`;
    const scale = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'connect2-backend-blue', namespace: 'production' },
      spec: { replicas: 7 },
    };
    expect(
      await cluster.ask(
        'admin',
        'PATCH',
        `${at}?fieldManager=engine&force=true`,
        scale,
        'application/apply-patch+yaml',
      ),
    ).toMatchObject({ status: 200 });
    const [deployment] = production.filter(
      ({ metadata, kind }) => kind === 'Deployment' && metadata?.name === 'connect2-backend-blue',
    );
    expect(await apply(withoutYounger(deployment ?? {}))).toMatchObject({ status: 200 });
    expect((await cluster.ask('admin', 'GET', at)).body).toMatchObject({ spec: { replicas: 7 } });
  });

  test('E7-1: refuses the patch by which the specification switches to green', async () => {
    const patch = JSON.parse(
      readFileSync(new URL('fixtures/specification/switch-to-green.json', import.meta.url), 'utf8'),
    );
    const at = '/apis/networking.k8s.io/v1/namespaces/production/ingresses/connect2-ingress';
    expect(await cluster.ask('admin', 'PATCH', at, patch, 'application/strategic-merge-patch+json')).toMatchObject({
      status: 422,
    });
  });

  test.each([
    ['sees Deployments', 'GET', deployments, 200],
    ['sees no secret', 'GET', '/api/v1/namespaces/production/secrets', 403],
    ['gives no rights', 'POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/production/rolebindings', 403],
    ['runs nothing inside a pod', 'POST', '/api/v1/namespaces/production/pods/any/exec?command=sh', 403],
    ['sees no other namespace', 'GET', '/apis/apps/v1/namespaces/kube-system/deployments', 403],
    ['deletes no Deployment', 'DELETE', `${deployments}/connect2-backend-blue`, 403],
  ])('E3-20: who delivers %s', async (_what, method, at, status) => {
    expect(await cluster.ask({ group }, method, at, method === 'POST' ? {} : undefined)).toMatchObject({ status });
  });

  test('E3-20: who delivers moves a slot to a release', async () => {
    const patch = { spec: { replicas: 2 } };
    const at = `${deployments}/connect2-backend-green`;
    expect(await cluster.ask({ group }, 'PATCH', at, patch, 'application/merge-patch+json')).toMatchObject({
      status: 200,
    });
  });
});
