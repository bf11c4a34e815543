import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { exitCodes, runControlPlane } from './control-plane.ts';
import { createMemoryPlatform, type MemoryPlatform } from './testing/memory-platform.ts';

let home: string;
let platform: MemoryPlatform;
const announced = z.object({
  url: z.url(),
  pid: z.int(),
  startedAt: z.number(),
  instance: z.string(),
  notes: z.array(z.string()),
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumb-control-'));
  platform = createMemoryPlatform();
});
afterEach(() => rm(home, { recursive: true }));

const readAnnounced = async () => announced.parse(JSON.parse(await readFile(join(home, 'control.json'), 'utf8')));

const run = async (port: number | null = null) => {
  const stop = new AbortController();
  const ended = runControlPlane(async () => platform, { home, port, instance: 'local' }, stop.signal);
  const failed = ended.then(() => Promise.reject(new Error('it ended before it listened')));
  const control = await Promise.race([
    expect.poll(readAnnounced, { timeout: 10_000 }).toBeTruthy().then(readAnnounced),
    failed,
  ]);
  failed.catch(() => undefined);
  return { control, ended, stop };
};

/** Takes a port of the machine until released. */
const takePort = (): Promise<{ port: number; release: () => Promise<void> }> =>
  new Promise((resolve) => {
    const server = createTcpServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, release: () => new Promise((done) => server.close(() => done())) });
    });
  });

test('it says where it listens, for its owner alone, and takes that back when it stops', async () => {
  const { control, ended, stop } = await run();
  expect(control).toMatchObject({ pid: process.pid, instance: 'local' });
  expect((await stat(join(home, 'control.json'))).mode & 0o777).toBe(0o600);
  expect((await fetch(`${control.url}/api/health`)).status).toBe(200);
  stop.abort();
  expect(await ended).toBe(exitCodes.stopped);
  await expect(readAnnounced()).rejects.toThrow('ENOENT');
});

test('it takes the port of last time again', async () => {
  const first = await run();
  first.stop.abort();
  await first.ended;
  const second = await run();
  second.stop.abort();
  await second.ended;
  expect(second.control.url).toBe(first.control.url);
});

test('a port of last time that another program has is told with the port that was taken instead', async () => {
  const { port, release } = await takePort();
  await writeFile(join(home, 'control-port'), `${port}\n`);
  const { control, ended, stop } = await run();
  expect(control.notes).toEqual([
    `port ${port} is taken by another program: the control plane listens on ${new URL(control.url).port}`,
  ]);
  stop.abort();
  await ended;
  await release();
});

test('what another control plane of the home has announced meanwhile stays when it ends', async () => {
  const { control, ended, stop } = await run();
  const other = { ...control, pid: 1, instance: 'other' };
  await writeFile(join(home, 'control.json'), JSON.stringify(other));
  stop.abort();
  await ended;
  expect(await readAnnounced()).toEqual(other);
});

test('a lost lease ends it with the code that says so', async () => {
  const { ended } = await run();
  platform.loseLease();
  expect(await ended).toBe(exitCodes.leaseLost);
});

test('a port that was asked for and is taken is an error in clear words', async () => {
  const { port, release } = await takePort();
  await expect(run(port)).rejects.toThrow(`port ${port} of the control plane is taken by another program`);
  await release();
});

test('it can be stopped while it still opens', async () => {
  const settings = { home, port: null, instance: 'local' };
  expect(await runControlPlane(() => new Promise(() => undefined), settings, AbortSignal.timeout(10))).toBe(0);
});
