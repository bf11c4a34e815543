import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { described } from '../testing/descriptions.ts';
import { description } from './description.ts';
import { environment } from './environment.ts';
import { findingText } from './finding.ts';
import { editorSchemas } from './json-schema.ts';
import { readDescription } from './read.ts';

const root = new URL('../../../../', import.meta.url);
const read = (file: string) => readFile(new URL(file, root), 'utf8');

const blocks = async (): Promise<readonly string[]> =>
  [...(await read('docs/description.md')).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);

const isEnvironment = (text: string): boolean => text.startsWith('environment:');

test('every app in the documentation is right', async () => {
  const apps = (await blocks()).filter((text) => !isEnvironment(text));
  expect(apps.length).toBeGreaterThan(2);
  for (const text of apps)
    expect((await readDescription(described({ 'plumbline.yaml': text }))).findings.map(findingText)).toEqual([]);
});

test('every environment in the documentation is right beside the whole app', async () => {
  const all = await blocks();
  const [whole = ''] = all.filter((text) => text.includes('services:')).sort((a, b) => b.length - a.length);
  const others = {
    'environments/development.yaml': 'environment: development\n',
    'environments/production.yaml': 'environment: production\n',
  };
  const written = all.filter(isEnvironment);
  expect(written.length).toBeGreaterThan(0);
  for (const text of written) {
    const files = { 'plumbline.yaml': whole, 'environments/staging.yaml': text, ...others };
    expect((await readDescription(described(files))).findings.map(findingText)).toEqual([]);
  }
});

test('the documentation shows every key there is', async () => {
  const text = (await blocks()).join('\n');
  for (const key of [...Object.keys(description.shape), ...Object.keys(environment.shape)])
    expect(text).toMatch(new RegExp(`^${key}:`, 'm'));
});

test('the documentation shows every key of the infrastructure, however deep', async () => {
  const environments = (await blocks()).filter(isEnvironment).map((text) => environment.parse(parse(text)));
  const shown = new Set(environments.flatMap(({ infrastructure }) => pathsOf(infrastructure)));
  const known = keysOf(z.toJSONSchema(environment.shape.infrastructure, { io: 'input' }));
  expect(known.length).toBeGreaterThan(30);
  expect(known.filter((path) => !shown.has(path))).toEqual([]);
});

/** `network.cidr` and such: the keys of an object, and of those in it. */
const pathsOf = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [key, ...pathsOf(inner).map((path) => `${key}.${path}`)]);

const keysOf = (schema: z.core.JSONSchema.BaseSchema): readonly string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
    typeof inner === 'boolean' ? [key] : [key, ...keysOf(inner).map((path) => `${key}.${path}`)],
  );

test('the schemas for editors are those of the code: `node packages/platform/dist/environments/write-schemas.js` writes them', async () => {
  for (const [file, text] of Object.entries(editorSchemas())) expect(await read(file)).toBe(text);
});

test('a schema tells what each key is for', () => {
  for (const text of Object.values(editorSchemas())) {
    const { properties } = JSON.parse(text) as { properties: Record<string, { description?: string }> };
    for (const [key, { description: words }] of Object.entries(properties))
      expect([key, words]).toEqual([key, expect.stringMatching(/\.$/)]);
  }
});
