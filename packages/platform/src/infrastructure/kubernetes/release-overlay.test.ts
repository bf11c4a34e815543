import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digest, releaseId, serviceName } from '@plumbline/contract/names';
import { afterAll, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { allManifests, smallPlace, withKeda } from '../../testing/kubernetes.ts';
import type { RenderedFile } from '../renderer.ts';
import { kubernetes } from './kubernetes.ts';
import type { Manifest } from './manifest.ts';
import { releaseOverlay } from './release-overlay.ts';
import { ofKind, workloadsOf } from './rules/of-kind.ts';

const backend = serviceName.parse('backend');
const frontend = serviceName.parse('frontend');
const released = (letter: string) => ({
  release: releaseId.parse(`r-${letter.repeat(12)}`),
  digests: Object.fromEntries([backend, frontend].map((name) => [name, digest.parse(`sha256:${letter.repeat(64)}`)])),
});
const replicas = { [backend]: 3, [frontend]: 3 };
const blueAlone = { blue: { ...released('a'), replicas }, green: null };

const place = await smallPlace('production');
const scratch = mkdtempSync(path.join(tmpdir(), 'plumbline-overlay-'));
afterAll(() => rmSync(scratch, { recursive: true }));

test('an empty slot is given no image and no replicas', () => {
  const [file] = releaseOverlay(place, blueAlone, null, '../production');
  const overlay = parse(file?.content ?? '');
  expect(overlay.images.map(({ name }: { name: string }) => name)).toEqual([
    'connect2-backend-blue',
    'connect2-frontend-blue',
  ]);
  expect(overlay.replicas).toContainEqual({ name: 'connect2-backend-green', count: 0 });
  expect(overlay.replicas).toContainEqual({ name: 'connect2-backend-blue', count: 3 });
});

test('E5-17: what is applied again is what is live, where the specification’s folder goes back to latest and three', async () => {
  const specified = readFileSync(new URL('fixtures/specification/backend-deployment.yaml', import.meta.url), 'utf8');
  expect(applied(parseAllDocuments(specified).map((one) => one.toJS()))).toEqual([
    { image: expect.stringMatching(/:latest$/), replicas: 3 },
  ]);

  // The folder by itself names no image that could run, and no number: both are the overlay's, of the release that is live.
  const folder = allManifests(place);
  expect(applied(folder)).toEqual(
    ['backend-blue', 'backend-green', 'frontend-blue', 'frontend-green'].map((slot) => ({
      image: `connect2-${slot}`,
      replicas: undefined,
    })),
  );
  const overlays = [released('a'), released('b')].map((live) =>
    parse(releaseOverlay(place, { blue: { ...live, replicas }, green: null }, null, '../production')[0]?.content ?? ''),
  );
  expect(overlays.map(({ images }) => images[0].digest)).toEqual([
    `sha256:${'a'.repeat(64)}`,
    `sha256:${'b'.repeat(64)}`,
  ]);
});

/** The image and the number of replicas that each Deployment has once it is applied. */
const applied = (all: readonly Manifest[]) =>
  ofKind(all, 'Deployment')
    .map(({ spec }) => ({ image: spec?.template.spec?.containers[0]?.image, replicas: spec?.replicas }))
    .sort((one, other) => String(one.image).localeCompare(String(other.image)));

const hasKustomize = (() => {
  try {
    return execFileSync('kubectl', ['kustomize', '--help']).length > 0;
  } catch {
    process.stderr.write('no kubectl: install it (Debian: kubernetes-client) to see overlays built by kustomize\n');
    return false;
  }
})();

const write = (files: readonly RenderedFile[], folder: string): void => {
  for (const one of files) {
    const file = path.join(folder, one.path);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, one.content);
  }
};

const built = (folder: string): readonly Manifest[] =>
  parseAllDocuments(execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', stdio: 'pipe' })).map((one) =>
    one.toJS(),
  );

const deployed = async (one = place) => {
  const folder = mkdtempSync(path.join(scratch, 'app-'));
  const held = { ...blueAlone, green: { ...released('b'), replicas } };
  write(kubernetes([one]), folder);
  write(releaseOverlay(one, held, released('b'), '../k8s/production'), path.join(folder, 'held'));
  return folder;
};

test.skipIf(!hasKustomize)('kustomize gives every slot its own digest, release and replicas', async () => {
  const all = built(path.join(await deployed(), 'held'));
  const found = ofKind(all, 'Deployment').map(({ metadata, spec }) => [
    metadata?.name,
    spec?.replicas,
    spec?.template.metadata?.annotations?.['plumbline/release'],
    spec?.template.spec?.containers[0]?.image,
  ]);
  const registry = '000000000000.dkr.ecr.us-west-2.amazonaws.com';
  expect(found).toContainEqual([
    'connect2-backend-blue',
    3,
    'r-aaaaaaaaaaaa',
    `${registry}/connect2-backend@sha256:${'a'.repeat(64)}`,
  ]);
  expect(found).toContainEqual([
    'connect2-frontend-green',
    3,
    'r-bbbbbbbbbbbb',
    `${registry}/connect2-frontend@sha256:${'b'.repeat(64)}`,
  ]);
  expect(found).toHaveLength(4);
});

test.skipIf(!hasKustomize)('the migration runs the candidate’s image, under a name of its release', async () => {
  const all = built(path.join(await deployed(), 'held', 'migration'));
  expect(all.map(({ metadata }) => metadata?.name)).toEqual(['connect2-migration-r-bbbbbbbbbbbb']);
  const [container] = workloadsOf(all).flatMap(({ containers }) => containers);
  expect(container?.image).toMatch(/connect2-backend@sha256:b{64}$/);
});

test.skipIf(!hasKustomize)('KEDA is told to leave an empty slot empty', async () => {
  const folder = await deployed(withKeda(place));
  write(releaseOverlay(withKeda(place), blueAlone, null, '../k8s/production'), path.join(folder, 'held'));
  const paused = ofKind(built(path.join(folder, 'held')), 'ScaledObject').filter(
    ({ metadata }) => metadata?.annotations?.['autoscaling.keda.sh/paused-replicas'] === '0',
  );
  expect(paused.map(({ metadata }) => metadata?.name)).toEqual(['connect2-backend-green', 'connect2-frontend-green']);
});
