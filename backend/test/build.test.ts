import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { readBuild } from '../src/version/build.ts';

const source = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'connect2-build-'));

afterAll(() => rmSync(folder, { recursive: true }));

test('another folder, time zone and user name give the same bytes', () => {
  const told = { PLUMBLINE_COMMIT: 'c0ffee', PLUMBLINE_STAMP: 'one' };
  const here = build('here', { ...told, TZ: 'UTC' });
  const there = build('there/much deeper', { ...told, TZ: 'Asia/Tokyo', USER: 'somebody' });
  expect(digests(there)).toEqual(digests(here));
  expect(JSON.parse(readFileSync(join(here, 'build.json'), 'utf8'))).toEqual({ commit: 'c0ffee', stamp: 'one' });
});

test('sources that were not built have no commit and no stamp', () => {
  expect(readBuild(new URL('file:///nowhere/build.json'))).toEqual({ commit: null, stamp: null });
});

function build(name: string, variables: Record<string, string>): string {
  const copy = join(folder, name);
  mkdirSync(copy, { recursive: true });
  for (const entry of ['src', 'migrations', 'scripts', 'package.json', 'tsconfig.json']) {
    cpSync(join(source, entry), join(copy, entry), { recursive: true });
  }
  symlinkSync(join(source, 'node_modules'), join(copy, 'node_modules'));
  const env = { ...process.env, ...variables };
  const { status, stdout } = spawnSync(process.execPath, ['scripts/build.js'], { cwd: copy, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed: ${stdout}`);
  return join(copy, 'dist');
}

function digests(dist: string): Record<string, string> {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).sort();
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(paths.map((path) => [relative(dist, path), digest(path)]));
}
