import { expect, test } from 'vitest';
import { allManifests, everyPlace } from '../../../testing/kubernetes.ts';
import type { Manifest } from '../manifest.ts';
import { checkStrictly } from './check-strict.ts';
import { fieldsOf } from './fields.ts';
import { openFields } from './kinds.ts';

const manifests = (await everyPlace()).flatMap(allManifests);

test('every rendered object, by every router and autoscaler, is what its schema says', async () => {
  expect(await checkStrictly(manifests)).toEqual([]);
});

test('a kind that is not known is said, rather than let through', async () => {
  const broken = await checkStrictly([{ apiVersion: 'v1', kind: 'Deployment', metadata: { name: 'old' } }]);
  expect(broken).toEqual([{ object: 'Deployment/old', message: 'v1 Deployment is of no known kind' }]);
});

test('a value of the wrong type is said', async () => {
  const [namespace] = manifests;
  const broken = await checkStrictly([{ ...namespace, metadata: { name: 'a', labels: 3 } } as unknown as Manifest]);
  expect(broken).toEqual([{ object: 'Namespace/a', message: 'data/metadata/labels must be object' }]);
});

/** Maps: whoever writes them chooses the keys. */
const freeKeys =
  /\/(labels|annotations|matchLabels|selector|hard|requests|limits|default|defaultRequest|max|metadata|set)\/[^/]+$/;
const isFree = (path: string): boolean =>
  freeKeys.test(path) && !/\/metadata\/(name|namespace|labels|annotations)$/.test(path);

test('one misspelt letter in any field of any object is refused', async () => {
  const seen = new Set<string>();
  const letThrough: string[] = [];
  for (const one of manifests) {
    const open = openFields[one.kind ?? ''];
    for (const path of fieldsOf(one, (at) => open?.test(at) ?? false)) {
      const place = `${one.kind} ${path.replaceAll(/\/\d+(?=\/|$)/g, '/*')}`;
      if (seen.has(place) || /\/\d+$/.test(path) || isFree(path)) continue;
      seen.add(place);
      if ((await checkStrictly([misspelt(one, path)])).length === 0) letThrough.push(place);
    }
  }
  expect(letThrough).toEqual([]);
  expect(seen.size).toBeGreaterThan(400);
});

const misspelt = (one: Manifest, path: string): Manifest => {
  const copy = structuredClone(one);
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/'));
  const last = keys.pop() ?? '';
  // Walks by the object's own keys, which fieldsOf has listed.
  const parent = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy) as Record<
    string,
    unknown
  >;
  parent[`${last}x`] = parent[last];
  delete parent[last];
  return copy;
};
