import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { until } from './until.ts';

const source = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'connect2-build-'));
let built: string;

beforeAll(() => {
  built = build('here', { PLUMBLINE_COMMIT: 'c0ffee', PLUMBLINE_STAMP: 'one', TZ: 'UTC' });
});

afterAll(() => rmSync(folder, { recursive: true }));

test('another folder, time zone and user name give the same bytes', () => {
  const there = build('there/much deeper', {
    PLUMBLINE_COMMIT: 'c0ffee',
    PLUMBLINE_STAMP: 'one',
    TZ: 'Asia/Tokyo',
    USER: 'x',
  });
  expect(digests(there)).toEqual(digests(built));
});

test('another stamp gives the script another name', () => {
  const other = build('stamped', { PLUMBLINE_COMMIT: 'c0ffee', PLUMBLINE_STAMP: 'two' });
  const scripts = (from: string) => readdirSync(join(from, 'dist/assets')).filter((name) => /^index-.*js$/.test(name));
  expect(scripts(other)).toHaveLength(1);
  expect(scripts(other)).not.toEqual(scripts(built));
});

test('the built server needs no package, tells what it is, and drains on TERM', async () => {
  const { child, port, lines } = await start(built, { PLUMBLINE_RELEASE: 'r9', APP_VERSION: '3.1.4' });
  const version = await (await fetch(`http://127.0.0.1:${port}/version.json`)).json();
  expect(version).toEqual({ version: '3.1.4', commit: 'c0ffee', release: 'r9', stamp: 'one' });
  const html = await (await fetch(`http://127.0.0.1:${port}/projects/7`)).text();
  const [script] = /\/assets\/r9\/index-[^"]+\.js/.exec(html) ?? [];
  expect((await fetch(`http://127.0.0.1:${port}${script}`)).status).toBe(200);

  // A spare connection that never asks for anything must not hold it up.
  const spare = connect(port, '127.0.0.1');
  onTestFinished(() => void spare.destroy());
  await once(spare, 'connect');
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect(lines().map(({ message }) => message)).toEqual(['listening', 'draining', 'drained']);
  expect(lines()[0]).toMatchObject({ level: 'info', service: 'frontend', release: 'r9', environment: 'development' });
});

test.each([
  ['PORT', 'many', 'PORT is wrong: must be a whole number from 0 to 65535'],
  ['PLUMBLINE_RELEASE', '../etc', 'PLUMBLINE_RELEASE is wrong'],
])('a wrong %s is said in one line', (name, value, message) => {
  const { status, stderr } = spawnSync(process.execPath, ['server.js'], {
    cwd: built,
    env: { [name]: value },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(message)]);
});

function build(name: string, variables: Record<string, string>): string {
  const copy = join(folder, name);
  mkdirSync(copy, { recursive: true });
  for (const entry of readdirSync(source)) {
    if (!['node_modules', 'dist', 'coverage', 'test', 'e2e'].includes(entry)) {
      cpSync(join(source, entry), join(copy, entry), { recursive: true });
    }
  }
  symlinkSync(join(source, 'node_modules'), join(copy, 'node_modules'));
  const env = { ...process.env, NODE_ENV: 'production', ...variables };
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.js'], { cwd: copy, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed: ${stderr}`);
  rmSync(join(copy, 'node_modules'));
  return copy;
}

function digests(from: string): Record<string, string> {
  const dist = join(from, 'dist');
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).sort();
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(paths.map((path) => [relative(dist, path), digest(path)]));
}

async function start(from: string, variables: Record<string, string>) {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, ['server.js'], {
    cwd: from,
    env: { PORT: String(port), ...variables },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await until('the server listens', () => output.includes('listening'));
  const lines = (): Record<string, unknown>[] =>
    output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { child, port, lines };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // listen on a TCP port gives an address with a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
