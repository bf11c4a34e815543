import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDescription } from '../environments/read.ts';
import { described } from '../testing/descriptions.ts';
import { placesOf } from './places.ts';
import { vendoredFor } from './vendored.ts';

let plumbline: string;
beforeEach(async () => {
  plumbline = await mkdtemp(join(tmpdir(), 'plumbline-own-'));
});
afterEach(() => rm(plumbline, { recursive: true }));

const put = async (file: string) => {
  await mkdir(dirname(join(plumbline, file)), { recursive: true });
  await writeFile(join(plumbline, file), `# ${file}\n`);
};

const shop = async () =>
  placesOf(
    await loadDescription(
      described({
        'plumbline.yaml':
          'app: shop\npath: [development, live]\nservices: { web: { start: [x], route: /, health: /up } }\n',
      }),
    ),
  );

test("another app gets the modules, and for each environment a root of Plumbline's own", async () => {
  for (const file of [
    'modules/vpc/main.tf',
    'environments/production/main.tf',
    'environments/production/addons/main.tf',
  ])
    await put(`terraform/${file}`);
  const files = await vendoredFor('/somewhere', await shop(), plumbline);
  expect(files.map(({ path }) => path)).toEqual([
    'terraform/modules/vpc/main.tf',
    'terraform/environments/dev/addons/main.tf',
    'terraform/environments/dev/main.tf',
    'terraform/environments/live/addons/main.tf',
    'terraform/environments/live/main.tf',
  ]);
  expect(files[2]?.content).toBe('# terraform/environments/production/main.tf\n');
});

test("what is one app's own, or a tool's, is left where it is", async () => {
  for (const file of ['backend.tf', 'plumbline.auto.tfvars.json', 'tests/a.tftest.hcl', '.terraform/x.json'])
    await put(`terraform/environments/production/${file}`);
  expect(await vendoredFor('/somewhere', await shop(), plumbline)).toEqual([]);
});

test('in its own folder Plumbline has them by hand', async () => {
  await put('terraform/modules/vpc/main.tf');
  expect(await vendoredFor(plumbline, await shop(), plumbline)).toEqual([]);
});
