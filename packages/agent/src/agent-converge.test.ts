import { request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ready, startAgent, type TestAgent } from './testing/agent.ts';
import { content, order, releases, spec, staging, web } from './testing/orders.ts';

let agent: TestAgent;
let generation = 0;
beforeAll(async () => {
  agent = await startAgent();
});
afterAll(() => agent.remove());
/** Each test begins with an empty environment. */
afterEach(async () => {
  await apply({ blue: null });
  await agent.until((one) => one.converged);
});

const apply = (change: Parameters<typeof order>[0] = {}) => {
  generation += 1;
  return agent.apply(order({ generation, ...change }));
};

const visit = async (where: string) => {
  const { addresses } = await agent.observe();
  const { statusCode, body } = await request(new URL(where, addresses.plain));
  return { status: statusCode, text: await body.text() };
};

describe('an order', () => {
  test('brings up what it wants, and visitors reach it by name and by plain port', async () => {
    await apply();
    const { replicas, addresses } = await agent.until((one) => one.converged);
    expect(replicas.map(({ state, release, slot }) => [state, release, slot])).toEqual([
      ['ready', releases[0], 'blue'],
      ['ready', releases[0], 'blue'],
    ]);
    expect((await visit('/')).text).toContain(releases[0]);
    const common = new URL(addresses.name);
    const named = await request(`http://127.0.0.1:${common.port}/`, { headers: { host: common.host } });
    expect(await named.body.text()).toContain(releases[0]);
  });

  test('that is the same as before changes nothing, and the journal says so', async () => {
    const first = await apply({ step: 'one' });
    await agent.until((one) => one.converged);
    const before = await agent.observe();
    const again = await apply({ step: 'two', generation: first.generation });
    expect(again.effect).toBe('same');
    const after = await agent.observe();
    expect(after.replicas.map(({ pid }) => pid)).toEqual(before.replicas.map(({ pid }) => pid));
    const [last, previous] = [...(await agent.journal())].reverse();
    expect([previous?.kind, previous?.step, last?.kind, last?.step]).toEqual(['applied', 'one', 'same', 'two']);
  });

  test('with a generation lower than one that was seen is refused with 409, and journalled', async () => {
    await apply();
    const { status: fenced } = await agent.ask('PUT', '/environments/staging/generation', {
      generation: generation + 10,
      holder: 'd-2',
    });
    expect(fenced).toBe(200);
    const late = await agent.ask('PUT', '/environments/staging', order({ generation, weight: 50 }));
    expect([late.status, JSON.parse(late.text).type]).toEqual([409, 'stale-generation']);
    expect((await agent.journal()).at(-1)).toMatchObject({ kind: 'refused', generation });
    expect((await agent.observe()).shape?.candidateWeightPercent).toBe(0);
    generation += 10;
  });

  test('that does not describe what its shape names is refused with 400', async () => {
    const { status, text } = await agent.ask(
      'PUT',
      '/environments/staging',
      order({ generation, blue: content(0, { db: 1 }) }),
    );
    expect([status, JSON.parse(text).detail]).toEqual([
      400,
      `blue wants replicas of db, which is no service of ${releases[0]}`,
    ]);
  });

  test('gives a replica the variables that its service declares, and nothing else of the agent’s', async () => {
    process.env.PLUMB_TEST_LEAK = 'seen';
    const variables = { JWT: { from: 'secret', secret: 'jwt', generateBytes: 32 } } as const;
    await apply({ blue: content(0, 1), specs: [spec({ set: { LOG_LEVEL: 'debug' }, variables })] });
    await agent.until((one) => one.converged);
    const seen = JSON.parse((await visit('/variables')).text);
    const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
    expect(
      Object.keys(seen)
        .filter((name) => !inherited.includes(name))
        .sort(),
    ).toEqual([
      'APP_ENV',
      'APP_VERSION',
      'JWT',
      'LOG_LEVEL',
      'PLUMBLINE_ENVIRONMENT',
      'PLUMBLINE_RELEASE',
      'PLUMBLINE_REPLICA',
      'PLUMBLINE_SERVICE',
      'PORT',
    ]);
    expect(seen).toMatchObject({ APP_ENV: staging, APP_VERSION: releases[0], PLUMBLINE_SERVICE: web });
    expect(Buffer.from(seen.JWT, 'base64url')).toHaveLength(32);
  });

  test('with changed settings replaces replicas one at a time while the rest serves', async () => {
    await apply();
    const before = await agent.until((one) => one.converged);
    await apply({ specs: [spec({ set: { LOG_LEVEL: 'debug' } })] });
    const least: number[] = [];
    const after = await agent.until((one) => {
      least.push(ready(one).length);
      return one.converged;
    });
    expect(Math.min(...least)).toBeGreaterThanOrEqual(2);
    const pids = before.replicas.map(({ pid }) => pid);
    expect(after.replicas.filter(({ pid }) => pids.includes(pid))).toEqual([]);
  });

  test('runs a worker in the stable slot alone, ready when it has lived for a second', async () => {
    const worker = spec({ name: 'worker' as typeof web, route: null, health: '', set: { LISTEN: 'never' } });
    const specs = [spec(), worker];
    const replicas = { web: 1, worker: 1 };
    await apply({ blue: content(0, replicas), green: content(1, replicas), specs });
    const both = await agent.until((one) => one.converged);
    expect(both.replicas.map(({ service, slot }) => `${service} ${slot}`).sort()).toEqual([
      'web blue',
      'web green',
      'worker blue',
    ]);
    await apply({ blue: null, green: content(1, replicas), stable: 'green', specs });
    const after = await agent.until((one) => one.converged);
    expect(after.replicas.map(({ service, slot }) => `${service} ${slot}`).sort()).toEqual([
      'web green',
      'worker green',
    ]);
  });
});

describe('an observation', () => {
  test('with after waits for the next change, and gives up when its time is over', async () => {
    const { revision } = await agent.observe();
    const later = agent.ask('GET', `/environments/staging?after=${revision}&waitMs=20000`);
    await apply({ blue: content(0, 1) });
    expect(JSON.parse((await later).text).revision).toBeGreaterThan(revision);
    const settled = await agent.until((one) => one.converged);
    const same = await agent.ask('GET', `/environments/staging?after=${settled.revision}&waitMs=100`);
    expect(JSON.parse(same.text).revision).toBe(settled.revision);
  });

  test('of an environment that never had an order has no shape', async () => {
    const one = await agent.observe('production');
    expect([one.shape, one.generation, one.replicas]).toEqual([null, 0, []]);
  });
});
