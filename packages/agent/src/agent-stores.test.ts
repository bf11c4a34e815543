import { readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { identify } from './processes/identity.ts';
import { findRedis } from './stores/redis.ts';
import { eventually, startAgent, type TestAgent } from './testing/agent.ts';
import { content, order, spec } from './testing/orders.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startAgent();
});
afterAll(() => agent.remove());

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

const database = async (name: string, body: unknown = {}): Promise<string> => {
  const { status, text } = await agent.ask('PUT', `/databases/${name}`, body);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return JSON.parse(text).url;
};

const wantStores = async (environment: string, stores: unknown) =>
  agent.ask('PUT', `/environments/${environment}/stores`, { stores });

const postmasterOf = (name: string): number =>
  Number(readFileSync(path.join(agent.home, 'databases', name, 'postmaster.pid'), 'utf8').split('\n')[0]);

describe('PostgreSQL', () => {
  test('is made for each name, with a database and a password of its own', async () => {
    const [control, other] = await Promise.all([database('control'), database('production', { database: 'data' })]);
    expect(new URL(control).pathname).toBe('/control');
    expect(new URL(other).pathname).toBe('/data');
    expect(new URL(control).password).not.toBe(new URL(other).password);
    expect(await query(control, "select split_part(version(), ' ', 2) as version")).toEqual([{ version: '15.18' }]);
    const [row] = (await query(other, "select current_setting('fsync') as fsync")) as { fsync: string }[];
    expect(row?.fsync).toBe('on');
    const wrong = control.replace(new URL(control).password, 'wrong');
    await expect(query(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(path.join(agent.home, 'passwords', 'control')).mode & 0o777).toBe(0o600);
  });

  test('comes back with its data when its postmaster is killed, though its other processes outlive it', async () => {
    const url = await database('control');
    await query(url, 'create table if not exists kept (n int)');
    await query(url, 'insert into kept values (7)');
    const busy = query(url, 'select pg_sleep(60)').catch((error: Error) => error.message);
    const killed = postmasterOf('control');
    process.kill(killed, 'SIGKILL');
    await busy;
    await eventually('another postmaster', () => identify(killed) === null && agentSays('control'));
    expect(await query(await database('control'), 'select n from kept')).toEqual([{ n: 7 }]);
    expect(new URL(await database('control')).port).toBe(new URL(url).port);
  });

  test('goes on when the agent is killed, and the next agent takes it over', async () => {
    const url = await database('control');
    const before = postmasterOf('control');
    const client = new pg.Client(url);
    await client.connect();
    await agent.kill();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await agent.start();
    expect(await database('control')).toBe(url);
    expect(postmasterOf('control')).toBe(before);
    await client.end();
  });

  test('that died while no agent was there is started again, whoever has its old pid', async () => {
    const url = await database('control');
    await agent.kill();
    const killed = postmasterOf('control');
    process.kill(killed, 'SIGKILL');
    await eventually('it to be gone', () => identify(killed) === null);
    await agent.start();
    expect(await query(await database('control'), 'select n from kept')).toEqual([{ n: 7 }]);
    expect(await database('control')).toBe(url);
  });
});

describe('the stores of an environment', () => {
  const stores = [
    { name: 'database', kind: 'postgres', optional: false },
    { name: 'cache', kind: 'redis', optional: true },
    { name: 'documents', kind: 'bucket', optional: false },
  ];

  test('run before the first order, and replicas are given their addresses', async () => {
    const { status, text } = await wantStores('staging', stores);
    expect(status).toBe(200);
    const addresses = JSON.parse(text);
    const variables = {
      DATABASE_URL: { from: 'store', store: 'database' },
      DOCUMENTS_URL: { from: 'store', store: 'documents' },
    } as never;
    await agent.apply(order({ blue: content(0, 1), specs: [spec({ variables })] }));
    const { replicas, stores: seen } = await agent.until(({ converged }) => converged);
    const answer = await fetch(`http://127.0.0.1:${replicas[0]?.port}/variables`);
    expect(await answer.json()).toMatchObject({
      DATABASE_URL: addresses.database.url,
      DOCUMENTS_URL: path.join(agent.home, 'buckets', 'staging', 'documents'),
    });
    expect(new URL(addresses.database.url).pathname).toBe('/database');
    expect(seen.find(({ name }) => name === 'database')?.state).toBe('running');
  });

  test.skipIf(findRedis(process.env.PATH ?? '') === null)(
    'have a Redis that is started again when it dies',
    async () => {
      const { text } = await wantStores('staging', stores);
      const url = new URL(JSON.parse(text).cache.url);
      expect(await ping(url)).toBe(true);
      const running = JSON.parse(
        readFileSync(path.join(agent.home, 'redis', 'staging', 'cache', 'running.json'), 'utf8'),
      );
      process.kill(running.process.pid, 'SIGKILL');
      await eventually('Redis to answer again', () =>
        ping(url).then((answers) => answers && identify(running.process.pid) === null),
      );
      expect(JSON.parse((await agent.ask('GET', '/environments/staging/stores')).text).cache.url).toBe(url.href);
    },
  );

  test('without redis-server an optional cache is off with the reason, and a required one says what to install', async () => {
    const alone = await startAgent(['--port', '0'], { PATH: '/nowhere' });
    onTestFinished(() => alone.remove());
    const [, cache] = stores;
    const optional = await alone.ask('PUT', '/environments/staging/stores', { stores: [cache] });
    const strict = { stores: [{ ...cache, optional: false }] };
    const required = await alone.ask('PUT', '/environments/production/stores', strict);
    const { stores: seen } = await alone.observe();
    expect(JSON.parse(optional.text)).toEqual({
      cache: { url: null, because: 'redis-server is not installed: the cache is off' },
    });
    expect(seen).toEqual([
      { name: 'cache', kind: 'redis', state: 'off', because: 'redis-server is not installed: the cache is off' },
    ]);
    expect([required.status, JSON.parse(required.text).hint]).toEqual([404, expect.stringContaining('install')]);
  });
});

const agentSays = async (name: string): Promise<boolean> => {
  const { databases } = JSON.parse((await agent.ask('GET', '/')).text) as {
    databases: { name: string; state: string }[];
  };
  return databases.find((one) => one.name === name)?.state === 'running';
};

const ping = (url: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.write(`AUTH ${url.password}\r\nPING\r\n`));
    socket.on('data', (chunk) => {
      if (!chunk.toString().includes('PONG')) return;
      socket.destroy();
      resolve(true);
    });
  });
