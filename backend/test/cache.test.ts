import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createBreaker } from '../src/cache/breaker.ts';
import { type Kind, noCache } from '../src/cache/cache.ts';
import { openRedis } from '../src/cache/redis.ts';
import { redisCache } from '../src/cache/redis-cache.ts';
import { createLog } from '../src/logging/log.ts';
import { ask, BO, logIn, projectOf, startReplica } from './replica.ts';
import { programOf } from './specification.ts';
import { until } from './until.ts';

const house: Kind<{ name: string }> = {
  name: 'house',
  version: 1,
  shape: z.object({ name: z.string() }),
  ttlSeconds: 60,
};

const log = createLog({ level: 'error', environment: 'test', release: undefined, out: new PassThrough() });

test('without Redis every read is loaded, and the state says that the cache is off', async () => {
  const { load, loads } = loader();
  for (const _ of [1, 2]) await noCache.read(house, 'a', load);
  expect(loads()).toBe(2);
  expect(noCache.state()).toBe('off');
});

test('a Redis that is not there fails no request, and health says that the cache is down', async () => {
  const port = await freePort();
  const replica = await startReplica({
    cache: (own) => redisCache(openRedis(`redis://127.0.0.1:${port}`, own), 'test'),
  });
  const bo = await logIn(replica, BO);
  const path = `/api/projects/${await projectOf(bo)}`;
  expect((await bo.ask('GET', path)).status).toBe(200);
  expect((await bo.ask('PATCH', path, { json: { status: 'paused' } })).body.status).toBe('paused');
  const { status, body } = await ask(replica.url, 'GET', '/api/health');
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'degraded', cache: 'down' });
});

test.each([
  ['closed at first', [], true],
  ['closed after too few failures', ['fail', 'fail'], true],
  ['open after enough of them', ['fail', 'fail', 'fail'], false],
  ['closed again after a success', ['fail', 'fail', 'fail', 'succeed'], true],
  ['counting failures in a row only', ['fail', 'fail', 'succeed', 'fail', 'fail'], true],
])('the breaker is %s', (_what, events, mayTry) => {
  const breaker = createBreaker({ failures: 3, pauseMs: 1_000 });
  for (const event of events) event === 'fail' ? breaker.failed(0) : breaker.succeeded();
  expect(breaker.mayTry(999)).toBe(mayTry);
});

test('an open breaker lets one call pass each time its pause is over', () => {
  const breaker = createBreaker({ failures: 1, pauseMs: 1_000 });
  breaker.failed(0);
  expect([999, 1_000, 1_001, 2_000].map((nowMs) => breaker.mayTry(nowMs))).toEqual([false, true, false, true]);
});

describe.skipIf(!hasRedis())(`with Redis${hasRedis() ? '' : ' (skipped: redis-server is not installed here)'}`, () => {
  test('a value is loaded once, by many at the same moment, and by replicas after each other', async () => {
    const redis = await startRedis();
    const [one, other] = [await redis.cache(), await redis.cache()];
    const { load, loads } = loader();
    await Promise.all(Array.from({ length: 20 }, () => one.read(house, 'a', load)));
    expect(await other.read(house, 'a', load)).toEqual({ name: 'load 1' });
    expect(loads()).toBe(1);
  });

  test('that there is nothing is remembered too, for a short while', async () => {
    const redis = await startRedis();
    const cache = await redis.cache();
    let loads = 0;
    const nothing = async () => {
      loads += 1;
      return undefined;
    };
    for (const _ of [1, 2]) expect(await cache.read(house, 'gone', nothing)).toBeUndefined();
    expect(loads).toBe(1);
    expect(redis.ttl('connect2:test:house:1:{gone}')).toBeLessThanOrEqual(15);
  });

  test('values end at different times, near the time they should', async () => {
    const redis = await startRedis();
    const cache = await redis.cache();
    const ids = Array.from({ length: 30 }, (_, index) => String(index));
    for (const id of ids) await cache.read(house, id, loader().load);
    const ttls = ids.map((id) => redis.ttl(`connect2:test:house:1:{${id}}`));
    expect(Math.min(...ttls)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...ttls)).toBeLessThanOrEqual(66);
    expect(new Set(ttls).size).toBeGreaterThan(1);
  });

  test('E11-5: what was loaded before an update is not stored after it, where the specification stores it for five minutes', async () => {
    const redis = await startRedis();
    const theirs = await specifiedCache(redis.url);
    const stale = theirs.getProjectWithCache('a');
    await until('their load has begun', theirs.hasBegun);
    await theirs.updateProject('a', { name: 'after the update' });
    theirs.letFirstLoadEnd();
    await stale;
    expect(await theirs.getProjectWithCache('a')).toEqual({ name: 'before the update' });

    const [reader, writer] = [await redis.cache(), await redis.cache()];
    let letGo = () => {};
    const slow = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let hasBegun = false;
    const reading = reader.read(house, 'a', async () => {
      hasBegun = true;
      await slow;
      return { name: 'before the update' };
    });
    await until('the load has begun', () => hasBegun);
    await writer.invalidate(house, 'a');
    letGo();
    await reading;
    expect(await writer.read(house, 'a', async () => ({ name: 'after' }))).toEqual({ name: 'after' });
  });

  test('who reads after an update does not join a load that began before it', async () => {
    const redis = await startRedis();
    const cache = await redis.cache();
    let letGo = () => {};
    const slow = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const early = cache.read(house, 'a', async () => {
      await slow;
      return { name: 'before' };
    });
    await cache.invalidate(house, 'a');
    expect(await cache.read(house, 'a', async () => ({ name: 'after' }))).toEqual({ name: 'after' });
    letGo();
    await early;
  });

  test('a value of another shape, or none at all, counts as not there', async () => {
    const redis = await startRedis();
    const cache = await redis.cache();
    for (const [id, text] of [
      ['old', '{"value":{"title":"x"}}'],
      ['broken', '{'],
    ] as const) {
      redis.command('set', `connect2:test:house:1:{${id}}`, text);
      expect(await cache.read(house, id, async () => ({ name: 'loaded' }))).toEqual({ name: 'loaded' });
    }
  });

  test('when Redis dies reads go on, and an update that it missed is not forgotten', async () => {
    const redis = await startRedis();
    const [cache, other] = [await redis.cache(), await redis.cache()];
    await cache.read(house, 'a', async () => ({ name: 'before' }));

    await redis.stop();
    await until('the loss is seen', () => cache.state() === 'down');
    await cache.invalidate(house, 'a');
    expect(await cache.read(house, 'a', async () => ({ name: 'after' }))).toEqual({ name: 'after' });

    await redis.start();
    // The dump that a restarted Redis has read: the value of before the update.
    redis.command('set', 'connect2:test:house:1:{a}', '{"value":{"name":"before"}}');
    await until('both are connected', () => cache.state() === 'up' && other.state() === 'up');
    await until('the update has reached it', async () => {
      const read = await other.read(house, 'a', async () => ({ name: 'after' }));
      return read?.name === 'after';
    });
  });

  test('the API answers from the cache, and tells of a change at once', async () => {
    const redis = await startRedis();
    const wanted = { cache: (own: typeof log) => redisCache(openRedis(redis.url, own), 'test') };
    const one = await startReplica(wanted);
    const other = await startReplica({ ...wanted, databaseUrl: one.databaseUrl });
    await until('the cache is up', async () => (await ask(one.url, 'GET', '/api/health')).body.cache === 'up');
    const [here, there] = [await logIn(one, BO), await logIn(other, BO)];
    const id = await projectOf(here);
    const { status } = (await here.ask('GET', `/api/projects/${id}`)).body;
    expect(redis.command('exists', `connect2:test:project:1:{${id}}`).trim()).toBe('1');

    const next = status === 'active' ? 'paused' : 'active';
    await there.ask('PATCH', `/api/projects/${id}`, { json: { status: next } });
    expect((await here.ask('GET', `/api/projects/${id}`)).body.status).toBe(next);
  });
});

/** The cache of specification 11.2, word for word, before a database whose first read takes as long as the test likes. */
async function specifiedCache(url: string) {
  let letFirstLoadEnd = () => {};
  const firstLoad = new Promise<void>((resolve) => {
    letFirstLoadEnd = resolve;
  });
  let row: unknown = { name: 'before the update' };
  let loads = 0;
  const projects = {
    findById: async () => {
      const found = row;
      loads += 1;
      await firstLoad;
      return found;
    },
    update: async (_id: string, changed: unknown) => {
      row = changed;
      return row;
    },
  };
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  const theirs = programOf<{
    getProjectWithCache(id: string): Promise<unknown>;
    updateProject(id: string, data: unknown): Promise<unknown>;
  }>(
    'cache.ts.txt',
    {
      Redis: function Connected() {
        return client;
      },
      db: { projects },
    },
    '{ getProjectWithCache, updateProject }',
  );
  return { ...theirs, letFirstLoadEnd, hasBegun: () => loads > 0 };
}

function loader() {
  let count = 0;
  const load = async () => {
    count += 1;
    return { name: `load ${count}` };
  };
  return { load, loads: () => count };
}

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function startRedis() {
  const port = await freePort();
  let server: ChildProcess | undefined;
  const command = (...args: string[]) => execFileSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' });
  const stop = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  const start = async () => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'];
    server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    server.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    await until('Redis is ready', () => output.includes('Ready to accept connections'));
  };
  await start();
  onTestFinished(stop);
  const url = `redis://127.0.0.1:${port}`;
  return {
    url,
    ...{ start, stop, command },
    ttl: (key: string) => Number(command('ttl', key)),
    cache: async () => {
      const cache = redisCache(openRedis(url, log), 'test');
      onTestFinished(() => cache.close());
      await until('the cache is connected', () => cache.state() === 'up');
      return cache;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
