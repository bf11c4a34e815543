import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { request } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { hashOf } from './home/socket-path.ts';
import { processesWithVariable } from './processes/strays.ts';
import { eventually, startAgent, type TestAgent } from './testing/agent.ts';
import { startLoad } from './testing/load.ts';
import { content, order, releases, spec, staging } from './testing/orders.ts';

let agent: TestAgent;
afterEach(() => agent.remove());

const pidsOf = (seen: Awaited<ReturnType<TestAgent['observe']>>) => seen.replicas.map(({ pid }) => pid).sort();

/** Every process that this agent's home has started as a replica, whoever knows of it. */
const running = () =>
  processesWithVariable('PLUMBLINE_REPLICA', `${hashOf(agent.home)}/`)
    .map(({ pid }) => pid)
    .sort();

test('after kill -9 the next agent goes on with what still runs, replaces the rest, and starts nothing twice', async () => {
  agent = await startAgent();
  await agent.apply(order({ blue: content(0, 3), green: content(1, 1), weight: 25 }));
  const before = await agent.until(({ converged }) => converged);
  const [dead, ...alive] = before.replicas.map(({ pid }) => pid ?? 0);
  await agent.kill();
  process.kill(dead ?? 0, 'SIGKILL');
  await agent.start();
  const after = await agent.until(({ converged }) => converged);
  expect(after.replicas.map(({ pid }) => pid)).toEqual(expect.arrayContaining(alive));
  expect(running()).toEqual(pidsOf(after));
  expect(after.shape).toEqual(before.shape);
  expect(after.revision).toBeGreaterThan(before.revision);
  expect(after.addresses).toEqual(before.addresses);
  const journal = await agent.journal();
  expect(journal.map(({ kind }) => kind)).toEqual(['applied', 'adopted']);
  expect(journal[1]?.detail).toMatchObject({ adopted: [{}, {}, {}], replaced: [{}] });
});

test('adopted replicas get requests as soon as the next agent listens', async () => {
  agent = await startAgent();
  await agent.apply(order());
  const { addresses } = await agent.until(({ converged }) => converged);
  await agent.kill();
  await agent.start();
  expect((await request(addresses.plain)).statusCode).toBe(200);
});

test('an adopted replica that dies is started again', async () => {
  agent = await startAgent();
  await agent.apply(order({ blue: content(0, 1) }));
  const { replicas } = await agent.until(({ converged }) => converged);
  await agent.kill();
  await agent.start();
  process.kill(replicas[0]?.pid ?? 0, 'SIGKILL');
  const after = await agent.until((seen) => seen.converged && seen.replicas[0]?.restarts === 1);
  expect(after.replicas[0]?.pid).not.toBe(replicas[0]?.pid);
});

test('a process of a replica that nobody wrote down before the crash does not stay', async () => {
  agent = await startAgent();
  await agent.apply(order({ blue: content(0, 1) }));
  await agent.until(({ converged }) => converged);
  await agent.kill();
  const mark = `${hashOf(agent.home)}/${staging}/web-99`;
  const stray = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    env: { PLUMBLINE_REPLICA: mark },
    detached: true,
    stdio: 'ignore',
  });
  await agent.start();
  await eventually('the stray to be ended', () => stray.signalCode !== null);
  expect(running()).toEqual(pidsOf(await agent.until(({ converged }) => converged)));
});

test('an order that was kept but not yet journalled when the agent was killed is journalled once', async () => {
  agent = await startAgent();
  await agent.apply(order({ generation: 1, step: 'one' }));
  await agent.until(({ converged }) => converged);
  await agent.kill();
  const file = path.join(agent.home, 'journal.ndjson');
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(1);
  writeFileSync(file, '');
  await agent.start();
  await agent.apply(order({ generation: 1, step: 'one' }));
  expect((await agent.journal()).map(({ kind, step }) => `${kind} ${step}`)).toEqual([
    'applied one',
    'adopted one',
    'same one',
  ]);
});

test('counts go on where they were a second before the crash', async () => {
  agent = await startAgent();
  await agent.apply(order({ blue: content(0, 1) }));
  const { addresses } = await agent.until(({ converged }) => converged);
  for (let n = 0; n < 5; n += 1) await (await request(addresses.plain)).body.text();
  const countsFile = path.join(agent.home, 'counts.json');
  await eventually(
    'the counts to be on disk',
    () => existsSync(countsFile) && /"requests": 5\b/.test(readFileSync(countsFile, 'utf8')),
  );
  await agent.kill();
  await agent.start();
  await (await request(addresses.plain)).body.text();
  const { counts } = await agent.until(({ counts }) => counts[releases[0]]?.[spec().name]?.requests === 6);
  expect(counts[releases[0]]?.[spec().name]?.errors).toBe(0);
});

test('counts that were told never fall, though the agent is killed under load the moment after', async () => {
  agent = await startAgent();
  await agent.apply(order({ blue: content(0, 1), green: content(1, 1), weight: 50 }));
  const { addresses } = await agent.until(({ converged }) => converged);
  const told = async () => {
    const { counts } = await agent.observe();
    return releases.map((release) => counts[release]?.[spec().name]?.requests ?? 0);
  };
  for (let round = 0; round < 3; round += 1) {
    const load = startLoad({ url: addresses.plain, connections: 20, perSecond: 300, paths: ['/'] });
    const atFirst = await told();
    let before = atFirst;
    await eventually('both releases to be counted', async () => {
      before = await told();
      return before.every((requests, index) => requests > (atFirst[index] ?? 0) + 20);
    });
    await agent.kill();
    await load.stop();
    await agent.start();
    const after = await told();
    for (const [index, requests] of after.entries()) expect(requests).toBeGreaterThanOrEqual(before[index] ?? 0);
  }
});

test('a second agent of one home is refused and names the first', async () => {
  agent = await startAgent();
  const second = spawn(process.execPath, [path.join(import.meta.dirname, '../dist/main.js'), '--home', agent.home], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  second.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await eventually('the second to end', () => second.exitCode !== null);
  expect(second.exitCode).toBe(1);
  expect(said).toContain(`runs already, as process ${agent.pid()}`);
  expect((await agent.ask('GET', '/')).status).toBe(200);
});

test('SIGTERM lets requests end, stops everything, removes its address and exits 0', async () => {
  agent = await startAgent();
  await agent.apply(order({ blue: content(0, 1), specs: [spec({ drainWithinMs: 20_000 })] }));
  const { addresses } = await agent.until(({ converged }) => converged);
  const slow = request(`${addresses.plain}/slow?ms=1000`);
  await agent.until((seen) => seen.replicas[0]?.inFlight === 1);
  expect(await agent.stop()).toBe(0);
  expect(await (await slow).body.text()).toBe('slow and whole');
  expect(running()).toEqual([]);
  for (const file of ['agent.json', 'agent.sock', 'agent.lock'])
    expect(existsSync(path.join(agent.home, file))).toBe(false);
});

test('POST /stop does the same', async () => {
  agent = await startAgent();
  await agent.apply(order());
  await agent.until(({ converged }) => converged);
  const { status } = await agent.ask('POST', '/stop', { drainWithinMs: 1_000 });
  expect(status).toBe(202);
  await eventually('the agent to let go of its home', () => !existsSync(path.join(agent.home, 'agent.lock')));
  expect(running()).toEqual([]);
});

test('a replica that does not heed TERM is killed', async () => {
  agent = await startAgent();
  await agent.apply(order({ blue: content(0, 1), specs: [spec({ set: { ON_TERM: 'ignore' } })] }));
  await agent.until(({ converged }) => converged);
  expect(await agent.stop()).toBe(0);
  expect(running()).toEqual([]);
});

test('SIGHUP does nothing', async () => {
  agent = await startAgent();
  process.kill(agent.pid(), 'SIGHUP');
  expect((await agent.ask('GET', '/')).status).toBe(200);
});
