import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ownDatabase } from './database.ts';
import { freePort, run, startBackend } from './process.ts';
import { ask, LENA, logIn, projectOf } from './replica.ts';
import { until } from './until.ts';

test('it is told in one line what is missing, and the process ends with 1', async () => {
  const { code, stdout, stderr } = await run('dist/main.js', [], { JWT_SECRET: 'x'.repeat(32) });
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: 'DATABASE_URL is not set\n' });
});

test.each([
  ['DOCUMENTS_URL', { DOCUMENTS_URL: 'ftp://x' }],
  ['DATABASE_URL', { DATABASE_URL: 'postgres://x/y?sslmode=prefer' }],
])('a %s that only its user can judge is told in one line too', async (name, wrong) => {
  const enough = { JWT_SECRET: 'x'.repeat(32), DATABASE_URL: 'postgres://127.0.0.1/x' };
  const { code, stderr } = await run('dist/main.js', [], { ...enough, ...wrong });
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(`${name} is wrong`)]);
});

test('it listens and lives while there is no database at all', async () => {
  const { url, child, ended } = await startBackend({ DATABASE_URL: `postgres://127.0.0.1:${await freePort()}/x` });
  expect((await ask(url, 'GET', '/api/livez')).status).toBe(200);
  expect((await ask(url, 'GET', '/api/readyz')).status).toBe(503);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('a process that is told to stop while it still starts stops at once', async () => {
  const DATABASE_URL = await ownDatabase();
  for (const delayMs of [0, 5, 10, 20, 40]) {
    const { child, ended } = await startBackend({ DATABASE_URL, DRAIN_DEADLINE_MS: '500' });
    await delay(delayMs);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }
});

test('on TERM what is under way ends whole, events are told, spare connections do not hold it up, and it exits 0', async () => {
  const { url, child, ended, lines } = await startBackend({ DATABASE_URL: await ownDatabase() });
  await until('it is ready', async () => (await ask(url, 'GET', '/api/readyz')).status === 200);
  const lena = await logIn({ url }, LENA);
  const headers = { authorization: `Bearer ${lena.token}` };
  const id = await projectOf(lena);
  const whole = (await lena.ask('GET', `/api/projects/${id}/report`)).body;
  const slow = await fetch(`${url}/api/projects/${id}/report?rowsPerSecond=60`, { headers });
  const events = await fetch(`${url}/api/activity/events`, { headers });
  const spare = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void spare.destroy());
  await once(spare, 'connect');

  child.kill('SIGTERM');
  await until('nobody is accepted any more', () =>
    fetch(`${url}/api/livez`).then(
      () => false,
      () => true,
    ),
  );
  expect(await events.text()).toContain('event: close');
  expect(await slow.text()).toBe(whole);
  expect(await ended).toBe(0);
  expect(lines().at(-1)).toMatchObject({ message: 'drained' });
});

test('while the drain is delayed it is unready, and still answers', async () => {
  const { url, child, ended } = await startBackend({ DATABASE_URL: await ownDatabase(), DRAIN_DELAY_MS: '1500' });
  await until('it is ready', async () => (await ask(url, 'GET', '/api/readyz')).status === 200);
  child.kill('SIGTERM');
  await until('it is unready', async () => (await ask(url, 'GET', '/api/readyz')).status === 503);
  expect((await ask(url, 'GET', '/api/version')).status).toBe(200);
  expect(await ended).toBe(0);
});

test('requests that do not end in time are cut off', async () => {
  const { url, child, ended, lines } = await startBackend({
    DATABASE_URL: await ownDatabase(),
    DRAIN_DEADLINE_MS: '300',
  });
  await until('it is ready', async () => (await ask(url, 'GET', '/api/readyz')).status === 200);
  const lena = await logIn({ url }, LENA);
  const headers = { authorization: `Bearer ${lena.token}` };
  const slow = await fetch(`${url}/api/projects/${await projectOf(lena)}/report?rowsPerSecond=1`, { headers });
  child.kill('SIGTERM');
  await expect(slow.text()).rejects.toThrow();
  expect(await ended).toBe(0);
  expect(lines().map(({ message }) => message)).toContain('requests did not end in time; cutting them off');
});

test('with an agent configured, requests are traced under the service, environment and version', async () => {
  const agent = await startTraceAgent();
  const variables = {
    DATABASE_URL: await ownDatabase(),
    ...{ DD_AGENT_HOST: '127.0.0.1', DD_TRACE_AGENT_PORT: String(agent.port), DD_DOGSTATSD_PORT: '8125' },
    ...{ APP_ENV: 'staging', APP_VERSION: '2.4.6' },
  };
  const { url } = await startBackend(variables, '--import', './dist/instrument.js');
  await ask(url, 'GET', '/api/version');
  await until('the trace has come', () => agent.traces().includes('/api/version'));
  for (const told of ['connect2-backend', 'staging', '2.4.6', 'fastify.request'])
    expect(agent.traces()).toContain(told);
});

test('without an agent the tracer is not even loaded', async () => {
  const { url, lines } = await startBackend({ DATABASE_URL: await ownDatabase() }, '--import', './dist/instrument.js');
  await ask(url, 'GET', '/api/version');
  await until('the request is logged', () => lines().some(({ route }) => route === '/api/version'));
  expect(lines().every((line) => !('dd' in line))).toBe(true);
});

async function startTraceAgent() {
  let traces = '';
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    if (request.url?.endsWith('/traces')) traces += body.toString('latin1');
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // listen on a TCP port gives an address with a port.
  const { port } = server.address() as AddressInfo;
  return { port, traces: () => traces };
}
