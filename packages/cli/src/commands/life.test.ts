import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestBench, type TestBench } from '../testing/test-bench.ts';

let bench: TestBench;
beforeEach(async () => {
  bench = await createTestBench();
});
afterEach(() => bench.close());

test('what runs is not reset', async () => {
  const { code, err } = await bench.plumb(['reset', '--yes']);
  expect(code).toBe(1);
  expect(err).toContain(`the control plane (process ${process.pid}) runs in ${bench.directory}\nplumb stop stops it`);
  expect(existsSync(join(bench.directory, '.plumbline', 'token'))).toBe(true);
});

test('reset removes what Plumbline keeps, and nothing of the app', async () => {
  const other = join(bench.directory, 'other');
  await mkdir(join(other, '.plumbline'), { recursive: true });
  await writeFile(join(other, 'plumbline.yaml'), 'app: other');
  expect(await bench.plumb(['reset', '--yes', '--directory', other])).toMatchObject({ code: 0 });
  expect([existsSync(join(other, '.plumbline')), existsSync(join(other, 'plumbline.yaml'))]).toEqual([false, true]);
});

test('stop says when nothing runs', async () => {
  const other = join(bench.directory, 'other');
  await mkdir(other);
  const { code, out } = await bench.plumb(['stop', '--directory', other]);
  expect({ code, out }).toEqual({ code: 0, out: `nothing runs in ${other}\n` });
});

test('check names every error with its place, and fails', async () => {
  await writeFile(join(bench.directory, 'plumbline.yaml'), 'app: connect2\npath: [development]\nservics: {}\n');
  const { code, out } = await bench.plumb(['check']);
  expect(code).toBe(1);
  expect(out).toMatch(/^plumbline\.yaml:3:1 .*"servics".*did you mean "services"\?$/m);
  expect(out).toMatch(/\d+ errors, \d+ warnings$/m);
});
