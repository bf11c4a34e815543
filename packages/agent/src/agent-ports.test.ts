import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { agentAddress } from '@plumbline/contract/agent';
import { request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAgent, type TestAgent } from './testing/agent.ts';
import { order } from './testing/orders.ts';

let agent: TestAgent;
let intruder: Server;
beforeEach(async () => {
  agent = await startAgent();
});
afterEach(async () => {
  intruder.close();
  await agent.remove();
});

const take = async (port: number) => {
  intruder = createServer().listen(port, '127.0.0.1');
  await once(intruder, 'listening');
};
const address = async () => agentAddress.parse(JSON.parse(await readFile(path.join(agent.home, 'agent.json'), 'utf8')));

test('an environment whose port somebody else took gets another, and agent.json says so', async () => {
  await agent.apply(order());
  const before = await agent.until(({ converged }) => converged);
  await agent.stop();
  await take(Number(new URL(before.addresses.plain).port));
  await agent.start();
  const after = await agent.until(({ converged }) => converged);
  expect(after.addresses.plain).not.toBe(before.addresses.plain);
  expect((await request(after.addresses.plain)).statusCode).toBe(200);
  const { notes, plainPorts } = await address();
  expect(notes).toEqual([expect.stringMatching(/^port \d+ is taken by another program: staging is on \d+ now$/)]);
  expect(`http://127.0.0.1:${plainPorts.staging}`).toBe(after.addresses.plain);
});

test('the router gives way where its port is taken, and keeps the new one from then on', async () => {
  const { routerPort } = await address();
  await agent.stop();
  await take(routerPort);
  await agent.start();
  const second = await address();
  expect(second.routerPort).not.toBe(routerPort);
  expect(second.notes).toEqual([expect.stringContaining(`port ${routerPort} is taken`)]);
  await agent.stop();
  intruder.close();
  await agent.start();
  expect((await address()).routerPort).toBe(second.routerPort);
});

test('a database whose port somebody else took gets another, with its data', async () => {
  const { text: before } = await agent.ask('PUT', '/databases/control', {});
  await agent.stop();
  const url = new URL(JSON.parse(before).url);
  await take(Number(url.port));
  await agent.start();
  const { status, text: after } = await agent.ask('PUT', '/databases/control', {});
  expect(status).toBe(200);
  expect(new URL(JSON.parse(after).url).port).not.toBe(url.port);
});

test('state that is damaged is named and left as it is', async () => {
  intruder = createServer();
  const file = path.join(agent.home, 'ports.json');
  await agent.stop();
  await writeFile(file, '{ "router": ');
  await expect(agent.start()).rejects.toThrow(`${file} is damaged`);
  expect(await readFile(file, 'utf8')).toBe('{ "router": ');
  await writeFile(file, '{}');
});
