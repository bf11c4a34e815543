import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlFile } from '@plumbline/cli/connection';
import { agentAddress } from '@plumbline/contract/agent';
import type { Status } from '@plumbline/contract/status';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlumbStart, plumb, plumbStart } from './station/plumb-start.ts';
import { openShop, type Shop } from './station/shop.ts';
import { eventually } from './station/waiting.ts';

let folder: string;
let shop: Shop;
let running: PlumbStart;
let intruders: readonly Server[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-scenario-'));
  shop = await openShop(join(folder, 'app'));
  intruders = await Promise.all([4600, 4680].map(take));
  running = plumbStart(shop.folder);
}, 60_000);
afterAll(async () => {
  for (const one of intruders) one.close();
  await running.stop();
  expect(await plumb(shop.folder, 'reset', '--yes')).toMatchObject({ exitCode: 0 });
  await rm(folder, { recursive: true, force: true });
}, 120_000);

/** Whoever has it already is another program as well. */
const take = (port: number): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(server));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

const says = (words: string): Promise<true> =>
  eventually(`plumb start to say ${words}`, async () => running.said().includes(words) || undefined);

const statusOf = async (): Promise<Status> => JSON.parse((await plumb(shop.folder, 'status', '--json')).said);

/** Where things stand once the climb is at its end and every environment is well. */
const atTheEndOf = (climb: string): Promise<Status> =>
  eventually(`the end of ${climb}`, async () => {
    const status = await statusOf();
    const isOver = status.climb?.id === climb && status.climb.endedAt !== null;
    return isOver && status.environments.every(({ health }) => health === 'healthy') ? status : undefined;
  });

const allAnswer = async ({ environments }: Status): Promise<void> => {
  for (const { addresses } of environments) expect((await fetch(addresses?.plain ?? '')).status).toBe(200);
};

const pids = async (): Promise<readonly number[]> => {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(shop.folder, '.plumbline', name), 'utf8'));
  return [agentAddress.parse(await read('agent.json')).pid, controlFile.parse(await read('control.json')).pid];
};

const processesOfTheShop = async (): Promise<readonly string[]> => {
  const { stdout } = await execa('ps', ['-eo', 'pid,args']);
  return stdout.split('\n').filter((line) => line.includes(shop.folder));
};

test('an app in another folder is shipped; usual ports that others have are told, with those that are taken instead', async () => {
  await says('c-1 ships');
  expect(running.said()).toMatch(/port 4680 is taken by another program: the router listens on \d+/);
  expect(running.said()).toMatch(/port 4600 is taken by another program: the control plane listens on \d+/);
  const status = await atTheEndOf('c-1');
  expect(status.climb).toMatchObject({ state: 'succeeded' });
  await allAnswer(status);
}, 180_000);

test('a second start beside a living one says what runs, takes nothing over, and ships nothing that was shipped', async () => {
  const before = await pids();
  const second = plumbStart(shop.folder);
  expect(await second.ended).toBe(0);
  expect(second.said()).toContain(`Plumbline runs in ${shop.folder} already (process ${running.pid})`);
  expect(second.said()).toContain('was shipped by c-1: nothing to ship');
  expect(await pids()).toEqual(before);
}, 60_000);

test('Ctrl-C stops everything, and the next start goes on as it was and ships nothing for the same commit', async () => {
  const began = performance.now();
  expect(await running.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(await processesOfTheShop()).toEqual([]);
  running = plumbStart(shop.folder);
  await says('was shipped by c-1: nothing to ship');
  await allAnswer(await atTheEndOf('c-1'));
}, 120_000);

test('a new commit is shipped by the next start', async () => {
  const commit = await shop.commit({ says: 'second' });
  const second = plumbStart(shop.folder);
  expect(await second.ended).toBe(0);
  expect(second.said()).toContain(`c-2 ships ${commit.slice(0, 7)} to development, production`);
  expect((await atTheEndOf('c-2')).climb).toMatchObject({ state: 'succeeded' });
}, 120_000);

test('uncommitted work goes to development alone, and is marked wherever it is shown', async () => {
  await writeFile(join(shop.folder, 'web', 'behaviour.json'), '{"says":"half done"}');
  const second = plumbStart(shop.folder);
  expect(await second.ended).toBe(0);
  expect(second.said()).toMatch(/c-3 ships \w+ with uncommitted work to development\n/);
  const { climb, environments } = await atTheEndOf('c-3');
  expect(climb).toMatchObject({ state: 'succeeded', dirty: true });
  expect(environments.map(({ marks }) => marks.includes('dirty'))).toEqual([true, false]);
}, 120_000);
