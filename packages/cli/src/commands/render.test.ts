import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestBench, type TestBench } from '../testing/test-bench.ts';

let bench: TestBench;
beforeEach(async () => {
  bench = await createTestBench();
  await put('plumbline.yaml', app);
  await put('environments/trial.yaml', environment('trial', '7 days'));
  await put('environments/live.yaml', environment('live', '14 days'));
});
afterEach(() => bench.close());

const app = `app: shop
domain: shop.example
repository: somebody/shop
path: [trial, live]
services: { web: { start: [node, server.js], route: /, health: /up, needs: [orders] } }
stores: { orders: { kind: postgres } }
`;
const environment = (name: string, retention: string) =>
  `environment: ${name}\nbackup_retention: ${retention}\ninfrastructure: { account: "111122223333" }\n`;

const put = async (file: string, text: string) => {
  await mkdir(join(bench.directory, 'environments'), { recursive: true });
  await writeFile(join(bench.directory, file), text);
};
const values = 'terraform/environments/live/plumbline.auto.tfvars.json';
const read = (file: string) => readFile(join(bench.directory, file), 'utf8');

test('what was rendered is as the description says, and rendering again writes nothing', async () => {
  expect(await bench.plumb(['render'])).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(await read(values))).toMatchObject({ database: { backup_retention_days: 14 } });
  expect(await bench.plumb(['render', '--check'])).toMatchObject({ code: 0 });
  expect((await bench.plumb(['render', '--json'])).out).toBe('[]\n');
});

test('a description that has changed since fails the check, which shows the lines', async () => {
  await bench.plumb(['render']);
  await put('environments/live.yaml', environment('live', '21 days'));
  const { code, out } = await bench.plumb(['render', '--check']);
  expect(code).toBe(1);
  expect(out).toContain(`--- ${values}\tin the folder\n+++ ${values}\trendered`);
  expect(out).toContain('-    "backup_retention_days": 14,\n+    "backup_retention_days": 21,');
  expect(out).toMatch(/1 of \d+ files are not as the description says: run plumb render$/m);
  expect(await read(values)).toContain('"backup_retention_days": 14');
});

test('a rendered file that was edited by hand or removed fails the check', async () => {
  await bench.plumb(['render']);
  await put(values, '{}\n');
  await rm(join(bench.directory, 'terraform/environments/trial/backend.tf'));
  const { code, out } = await bench.plumb(['render', '--check', '--json']);
  expect({ code, differences: JSON.parse(out) }).toEqual({
    code: 1,
    differences: [
      { path: values, kind: 'changed' },
      { path: 'terraform/environments/trial/backend.tf', kind: 'new' },
    ],
  });
});

test('what is not rendered any more is removed, and what a person wrote beside it stays', async () => {
  await bench.plumb(['render']);
  await put('terraform/environments/trial/by-hand.tf', '# by hand\n');
  await put('plumbline.yaml', app.replace('[trial, live]', '[live]'));
  await rm(join(bench.directory, 'environments/trial.yaml'));
  const { out } = await bench.plumb(['render']);
  expect(out).toContain('terraform/environments/trial/backend.tf: not rendered any more');
  await expect(read('terraform/environments/trial/backend.tf')).rejects.toThrow(/ENOENT/);
  expect(await read('terraform/environments/trial/by-hand.tf')).toBe('# by hand\n');
});

test('one environment is rendered alone, and an unknown one refused', async () => {
  await bench.plumb(['render', '--environment', 'live']);
  expect(JSON.parse(await read(values))).toMatchObject({ environment: 'live' });
  await expect(read('terraform/environments/trial/backend.tf')).rejects.toThrow(/ENOENT/);
  const { code, err } = await bench.plumb(['render', '--environment', 'lave']);
  expect({ code, err }).toEqual({ code: 1, err: 'there is no environment "lave": did you mean "live"?\n' });
});

test('a list of rendered files that leads out of the folder is refused, and nothing is removed', async () => {
  await bench.plumb(['render']);
  await put('.rendered.json', '["../elsewhere"]\n');
  const { code, err } = await bench.plumb(['render']);
  expect(code).toBe(1);
  expect(err).toContain('.rendered.json is no list of rendered files\nremove .rendered.json');
});

test('what the cloud lacks is said at its place, and a second database refused', async () => {
  await put('environments/live.yaml', 'environment: live\n');
  const { err } = await bench.plumb(['render', '--check']);
  expect(err).toContain('environments/live.yaml:1:1 warning: the account of the cloud is not known');
  await put('plumbline.yaml', app.replace('{ kind: postgres } }', '{ kind: postgres }, more: { kind: postgres } }'));
  const { code, err: refused } = await bench.plumb(['render']);
  expect(code).toBe(1);
  expect(refused).toContain('plumbline.yaml:6:39 the cloud has one postgres store for an app, and that is orders');
  expect(await bench.plumb(['check'])).toMatchObject({ code: 0 });
});
