import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storeAddresses } from '@plumbline/contract/agent';
import type { EnvironmentStatus } from '@plumbline/contract/status';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connections, pacedLoad } from './station/paced-load.ts';
import { replicasOf } from './station/replicas.ts';
import { openShopStation } from './station/station.ts';
import { eventually, shipped } from './station/waiting.ts';

let station: Awaited<ReturnType<typeof openShopStation>>;
beforeAll(async () => {
  station = await openShopStation('postgres');
  expect(await shipped(station)).toMatchObject({ state: 'succeeded' });
}, 180_000);
afterAll(() => station.close(), 60_000);

const healthyAgain = (): Promise<readonly EnvironmentStatus[]> =>
  eventually('every environment to be healthy', async () => {
    const { environments } = await station.client.call('status', {});
    return environments.every(({ health }) => health === 'healthy') ? environments : undefined;
  });

/** The first process of a PostgreSQL, whose others end with it. */
const postmasterOf = async (name: string): Promise<number> => {
  const text = await readFile(join(station.home, 'databases', name, 'postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
};

const killPostgres = async (name: string): Promise<number> => {
  const killed = await postmasterOf(name);
  process.kill(killed, 'SIGKILL');
  return eventually(`another PostgreSQL of ${name}`, async () => {
    const now = await postmasterOf(name);
    return now === killed ? undefined : now;
  });
};

const urlOf = async (environment: string): Promise<string> => {
  const text = await station.askAgent('GET', `/environments/${environment}/stores`);
  return storeAddresses.parse(JSON.parse(text ?? '')).database?.url ?? '';
};

const ask = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

test('a replica killed under load fails at most the requests in its hands, and comes back', async () => {
  const load = await pacedLoad(station, 'production', { afterMs: 100 });
  await eventually('the load to be under way', async () => load.sent() > 100 || undefined);
  const [one] = await replicasOf(station, 'production');
  const { pid, inFlight } = await eventually('a replica with requests in its hands', async () =>
    (await replicasOf(station, 'production')).find((replica) => replica.id === one?.id && replica.inFlight > 0),
  );
  const sentBefore = load.sent();
  process.kill(pid ?? 0, 'SIGKILL');
  await healthyAgain();
  const { failed } = await load.stop();
  // What could be asked again was: only an answer that had begun is lost.
  console.info(`killed with about ${inFlight} requests in hand, of which ${failed.length} failed`);
  expect(failed.filter(({ request }) => request > sentBefore)).toEqual([]);
  expect(failed.length).toBeLessThanOrEqual(connections);
}, 120_000);

test('a PostgreSQL of an environment that is killed comes back with its data, and the app with it', async () => {
  await ask(await urlOf('production'), "insert into goods values ('nails')");
  const url = await urlOf('production');
  await killPostgres('production');
  const [, production] = await healthyAgain();
  expect(await urlOf('production')).toBe(url);
  expect(await ask(url, 'select name from goods')).toEqual([{ name: 'nails' }]);
  const answered = await fetch(production?.addresses?.plain ?? '');
  expect(answered.status).toBe(200);
}, 120_000);

test('the PostgreSQL of the control plane that is killed fails no request, and a delivery under way ends right', async () => {
  await station.shop.commit({ says: 'second' });
  const load = await pacedLoad(station, 'production');
  const climb = await station.client.call('ship', {});
  await eventually(
    'the delivery to production',
    async () => (await station.client.call('climb', { climb: climb.id })).deliveries[1],
  );
  await killPostgres('control');
  const end = await eventually(`the end of ${climb.id}`, async () => {
    const seen = await station.client.call('climb', { climb: climb.id });
    return seen.endedAt === null ? undefined : seen;
  });
  expect(end).toMatchObject({ state: 'succeeded' });
  expect(await load.stop()).toMatchObject({ failed: [] });
  expect(await station.client.call('auditVerification', {})).toMatchObject({ ok: true, findings: [] });
}, 120_000);

test('an agent that is killed is an outage; the next one adopts what still runs, and nothing is there twice', async () => {
  const before = await replicasOf(station, 'production');
  const postmaster = await postmasterOf('production');
  const steps = (await station.journal()).length;
  await station.agent.kill();
  const [dead, alive] = before.map(({ pid }) => pid ?? 0);
  process.kill(dead ?? 0, 'SIGKILL');
  const backMs = await station.agent.start();
  const [, production] = await healthyAgain();
  const after = await replicasOf(station, 'production');
  console.info(`the agent was back within ${backMs} ms`);
  expect(after).toHaveLength(before.length);
  expect(after.map(({ pid }) => pid)).toContain(alive);
  expect(after.map(({ pid }) => pid)).not.toContain(dead);
  expect(await postmasterOf('production')).toBe(postmaster);
  expect((await fetch(production?.addresses?.plain ?? '')).status).toBe(200);
  const since = (await station.journal()).slice(steps);
  expect(since.map(({ kind, environment }) => `${kind} ${environment}`).sort()).toEqual([
    'adopted development',
    'adopted production',
  ]);
}, 120_000);

test('an agent killed in the middle of a rollout lets the delivery end right after its return, no step twice', async () => {
  await station.shop.commit({ says: 'third' });
  const climb = await station.client.call('ship', {});
  const id = await eventually('the rollout in production', async () => {
    const delivery = (await station.client.call('climb', { climb: climb.id })).deliveries[1];
    const applied = (await station.journal()).filter(({ holder, kind }) => holder === delivery && kind === 'applied');
    return delivery !== undefined && applied.length > 1 ? delivery : undefined;
  });
  await station.agent.kill();
  await station.agent.start();
  const end = await eventually(`the end of ${climb.id}`, async () => {
    const seen = await station.client.call('climb', { climb: climb.id });
    return seen.endedAt === null ? undefined : seen;
  });
  expect(end).toMatchObject({ state: 'succeeded' });
  const steps = (await station.journal())
    .filter(({ holder, kind }) => holder === id && kind === 'applied')
    .map(({ step }) => step);
  expect(steps).toEqual([...new Set(steps)]);
  expect(await replicasOf(station, 'production')).toHaveLength(2);
}, 120_000);
