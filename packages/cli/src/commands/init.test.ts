import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestBench, type TestBench } from '../testing/test-bench.ts';

let bench: TestBench;
let folder: string;
beforeEach(async () => {
  bench = await createTestBench();
  folder = join(bench.directory, 'corner-shop');
  await mkdir(folder);
});
afterEach(() => bench.close());

const packageJson = JSON.stringify({
  name: 'corner-shop',
  scripts: { start: 'node server.js', build: 'tsc' },
  dependencies: { knex: '^3.0.0', ioredis: '^5.0.0', '@aws-sdk/client-s3': '^3.0.0' },
});
const withPackage = () => writeFile(join(folder, 'package.json'), packageJson);
const plumb = (...argv: string[]) => bench.plumb([...argv, '--directory', folder]);
const read = (file: string) => readFile(join(folder, file), 'utf8');

const accounts = 'development=111122223333,staging=444455556666,production=777788889999';
const all = ['--domain', 'shop.example', '--repository', 'acme/corner-shop', '--accounts', accounts];

test('an app is described by what its package.json tells and the options say, asking nobody', async () => {
  await withPackage();
  expect(await plumb('init', ...all)).toMatchObject({ code: 0, err: '' });
  expect(await read('plumbline.yaml')).toContain(`services:
  web:
    build: [npm, run, build]
    # It listens on the port that the variable PORT gives.
    start: [node, server.js]
    route: /
    # Answers 2xx when requests may come.
    health: /healthz
    needs: [database, cache, documents]
`);
  expect(await plumb('check')).toMatchObject({ code: 0, out: 'the description holds: 0 errors, 0 warnings\n' });
});

test('all that is rendered for a second app is its own: no word of another', async () => {
  await withPackage();
  await plumb('init', ...all);
  expect(await plumb('render')).toMatchObject({ code: 0, err: '' });
  const files = await filesOf(folder);
  expect(files).toEqual(expect.arrayContaining(['terraform/environments/production/plumbline.auto.tfvars.json']));
  for (const file of files) {
    const text = await read(file);
    expect([file, /connect ?2|blueprint/i.exec(text)?.[0]]).toEqual([file, undefined]);
  }
  expect(await plumb('render', '--check')).toMatchObject({ code: 0 });
  expect(await read('terraform/environments/production/backend.tf')).toContain(
    '"corner-shop-prod-terraform-state-777788889999"',
  );
});

test('an app that keeps nothing has nothing that keeps', async () => {
  await withPackage();
  await plumb('init', ...all, '--stores', 'none', '--path', 'live', '--accounts', 'live=123456789012');
  await plumb('render');
  expect(JSON.parse(await read('terraform/environments/live/plumbline.auto.tfvars.json'))).toMatchObject({
    app: 'corner-shop',
    database: null,
    cache: null,
    documents: null,
  });
});

test('an app that is described already, and a folder without a package, are left as they are', async () => {
  const { code, err } = await plumb('init');
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('there is no package.json in ') });
  await withPackage();
  await plumb('init');
  const before = await read('plumbline.yaml');
  expect(await plumb('init', '--app', 'other')).toMatchObject({ code: 1 });
  expect(await read('plumbline.yaml')).toBe(before);
});

test('what would be wrong is not written at all', async () => {
  await withPackage();
  const { code, err } = await plumb('init', '--domain', 'not a host');
  expect(code).toBe(1);
  expect(err).toContain('plumbline.yaml:2:9 "domain" must be a host name');
  expect(await readdir(folder)).toEqual(['package.json']);
});

test.each([
  [['--stores', 'databse'], '--stores takes database, cache, documents or none, not "databse"'],
  [['--accounts', 'production=12'], '--accounts takes pairs like production=123456789012, not "production=12"'],
])('%j is misused', async (argv, words) => {
  await withPackage();
  const { code, err } = await plumb('init', ...argv);
  expect(code).toBe(2);
  expect(err).toContain(words);
});

const filesOf = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
};
