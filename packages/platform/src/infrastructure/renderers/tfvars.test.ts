import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { filesIn, loadDescription } from '../../environments/read.ts';
import { appYaml, described, environments } from '../../testing/descriptions.ts';
import { placesOf } from '../places.ts';
import type { RenderedFile } from '../renderer.ts';
import { stateBackend } from './state-backend.ts';
import { tfvars } from './tfvars.ts';

const root = new URL('../../../../../', import.meta.url);

const placesFor = async (files: Readonly<Record<string, string>>) => placesOf(await loadDescription(described(files)));
const specification = { 'plumbline.yaml': appYaml, ...environments };

type Values = Readonly<Record<string, unknown>>;
const valuesOf = (files: readonly RenderedFile[], folder: string): Values =>
  JSON.parse(files.find(({ path }) => path.includes(`/${folder}/`))?.content ?? '{}');

/** Everything that a root module asks for but what another renderer gives it in a file of its own. */
const variablesIn = async (folder: string): Promise<readonly string[]> => {
  const text = await readFile(new URL(`terraform/environments/${folder}/variables.tf`, root), 'utf8').catch(() => '');
  return [...text.matchAll(/^variable "(\w+)"/gm)].map(([, name = '']) => name).filter((name) => name !== 'alarms');
};

describe('for each root module', () => {
  let files: readonly RenderedFile[];
  beforeAll(async () => {
    files = tfvars(placesOf(await loadDescription(filesIn(root.pathname))));
  });

  test('every variable that it has gets a value, and no other', async () => {
    const folders = await readdir(new URL('terraform/environments', root));
    expect(folders.length).toBeGreaterThan(0);
    for (const folder of folders) {
      const variables = await variablesIn(folder);
      if (variables.length > 0)
        expect([folder, Object.keys(valuesOf(files, folder)).sort()]).toEqual([folder, [...variables].sort()]);
    }
  });
});

describe("the specification's own environments", () => {
  test('E4-10: have an owner of the database that the app is not, and no password of it', async () => {
    const { database } = valuesOf(tfvars(await placesFor(specification)), 'production');
    expect(database).toMatchObject({ name: 'connect2_prod', username: 'connect2_admin' });
    expect(JSON.stringify(database)).not.toMatch(/password/i);
  });

  test('E4-2: keep to the major version of PostgreSQL, whose minor the cloud keeps up', async () => {
    const all = tfvars(await placesFor(specification));
    expect(all.map(({ content }) => JSON.parse(content).database.engine_version)).toEqual(['15', '15', '15']);
  });

  test('have copies in another region where disaster_recovery is enabled, and there alone', async () => {
    const all = tfvars(await placesFor(specification)).map(({ content }) => JSON.parse(content));
    expect(all.map(({ copies_region }) => copies_region)).toEqual([null, null, 'us-east-2']);
    expect(all.map((values) => values.protected)).toEqual([false, false, true]);
  });

  test('E4-16: are backed up and changed in the night of the Pacific, one apart from the other', async () => {
    const { database } = valuesOf(tfvars(await placesFor(specification)), 'production');
    expect(database).toMatchObject({ backup_window: '10:00-11:00', maintenance_window: 'sun:12:00-sun:13:00' });
  });
});

test('E4-7, E4-8: each environment has a state of its own, in a bucket of its own, locked by the bucket itself', async () => {
  const files = stateBackend(await placesFor(specification));
  const texts = files.map(({ content }) => content);
  expect(new Set(texts.map((text) => /key += "(.*)"/.exec(text)?.[1])).size).toBe(9);
  expect(new Set(texts.map((text) => /bucket += "(.*)"/.exec(text)?.[1])).size).toBe(3);
  for (const text of texts) {
    expect(text).toContain('use_lockfile        = true');
    expect(text).not.toContain('dynamodb_table');
  }
});
