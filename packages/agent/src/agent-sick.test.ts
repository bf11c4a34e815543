import { request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually, ready, startAgent, type TestAgent } from './testing/agent.ts';
import { content, order, spec } from './testing/orders.ts';

let agent: TestAgent;
let generation = 0;
beforeAll(async () => {
  agent = await startAgent();
});
afterAll(() => agent.remove());
afterEach(async () => {
  await apply({ blue: null });
  await agent.until((one) => one.converged);
});

const apply = (change: Parameters<typeof order>[0] = {}) => {
  generation += 1;
  return agent.apply(order({ generation, ...change }));
};
const one = content(0, 1);

const call = async (port: number | null | undefined, where: string) =>
  (await request(`http://127.0.0.1:${port}${where}`)).body.text();

describe('a replica', () => {
  test('that crashes at its start is started again with growing pauses, and its last lines are told', async () => {
    await apply({
      blue: one,
      specs: [spec({ set: { LISTEN: 'never', CRASH_AFTER_MS: '50', SAY_ERROR: 'no database here' } })],
    });
    const { replicas } = await agent.until(({ replicas }) => (replicas[0]?.restarts ?? 0) >= 3);
    expect(replicas[0]?.because).toMatch(/^exited with code 1 after 0\.\d s$/);
    expect(replicas[0]?.lastLines).toContain('no database here');
    expect(replicas[0]?.state).not.toBe('ready');
  });

  test('that never gets ready is ended at its deadline, and the reason is told', async () => {
    await apply({ blue: one, specs: [spec({ set: { HEALTH: '503' }, startWithinMs: 1_000 })] });
    const { replicas } = await agent.until(({ replicas }) => (replicas[0]?.restarts ?? 0) >= 1);
    expect(replicas[0]?.because).toBe('did not get ready within 1 s: GET /health answered 503');
  });

  test('whose program is not there says so', async () => {
    await apply({ blue: one, specs: [spec({ start: ['/no/such/program'] })] });
    const { replicas } = await agent.until(({ replicas }) => (replicas[0]?.restarts ?? 0) >= 1);
    expect(replicas[0]?.because).toBe('cannot be started: /no/such/program: ENOENT');
  });

  test('that lacks a secret says how to set it, and starts when it is set', async () => {
    const variables = { API_KEY: { from: 'secret', secret: 'api-key' } } as const;
    await apply({ blue: one, specs: [spec({ variables })] });
    const { replicas } = await agent.until(({ replicas }) => (replicas[0]?.restarts ?? 0) >= 1);
    expect(replicas[0]?.because).toBe('the secret api-key is not set: run plumb secret set staging api-key');
    const { status } = await agent.ask('PUT', '/environments/staging/secrets/api-key', { value: 'tell-nobody' });
    expect(status).toBe(204);
    const well = await agent.until(({ converged }) => converged);
    expect(JSON.parse(await call(well.replicas[0]?.port, '/variables')).API_KEY).toBe('tell-nobody');
    expect((await agent.ask('GET', '/environments/staging/secrets')).text).toBe('{"names":["api-key"]}');
    expect(JSON.stringify([well, await agent.journal()])).not.toContain('tell-nobody');
  });

  test('that turns unready gets no request, and gets them again when it is well', async () => {
    await apply();
    const { replicas, addresses } = await agent.until(({ converged }) => converged);
    await call(replicas[0]?.port, '/set?health=500');
    const sick = await agent.until((seen) => seen.replicas[0]?.state === 'unready');
    expect(sick.replicas[0]?.because).toBe('GET /health answered 500');
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => (await request(addresses.plain)).body.text()),
    );
    expect(new Set(answers.map((text) => Number(text.split(' ')[1])))).toEqual(new Set([replicas[1]?.pid]));
    await call(replicas[0]?.port, '/set?health=200');
    await agent.until((seen) => ready(seen).length === 2);
  });

  test('that stops answering its liveness is started anew', async () => {
    await apply({ blue: one, specs: [spec({ liveness: '/live' })] });
    const { replicas } = await agent.until(({ converged }) => converged);
    await call(replicas[0]?.port, '/set?live=500');
    const anew = await agent.until((seen) => seen.converged && seen.replicas[0]?.pid !== replicas[0]?.pid);
    expect(anew.replicas[0]).toMatchObject({ restarts: 1, because: 'GET /live answered 500, 3 times in a row' });
  });

  test('that is killed loses at most the requests in its hands, and is there again', async () => {
    await apply();
    const { replicas, addresses } = await agent.until(({ converged }) => converged);
    process.kill(replicas[0]?.pid ?? 0, 'SIGKILL');
    const after = await agent.until((seen) => seen.converged && seen.replicas[0]?.restarts === 1);
    expect(after.replicas[0]?.because).toMatch(/^was killed by SIGKILL after/);
    expect((await request(addresses.plain)).statusCode).toBe(200);
  });

  test('takes with it what it started itself', async () => {
    await apply({ blue: one, specs: [spec({ set: { CHILD: 'yes' } })] });
    const { replicas } = await agent.until(({ converged }) => converged);
    const group = replicas[0]?.pid ?? 0;
    process.kill(group, 'SIGKILL');
    await eventually('its group to be gone', () => !groupLives(group));
  });

  test('that is retired ends the request in its hands first', async () => {
    await apply({ blue: one, specs: [spec({ drainWithinMs: 20_000 })] });
    const { replicas, addresses } = await agent.until(({ converged }) => converged);
    const slow = request(`${addresses.plain}/slow?ms=1500`);
    await agent.until((seen) => seen.replicas[0]?.inFlight === 1);
    await apply({ blue: null });
    const draining = await agent.observe();
    expect(draining.replicas.map(({ pid, state }) => [pid, state])).toEqual([[replicas[0]?.pid, 'draining']]);
    expect(await (await slow).body.text()).toBe('slow and whole');
    await agent.until((seen) => seen.replicas.length === 0);
  });

  test('that is retired loses its requests at the deadline, not later', async () => {
    await apply({ blue: one, specs: [spec({ drainWithinMs: 300 })] });
    const { addresses } = await agent.until(({ converged }) => converged);
    const slow = request(`${addresses.plain}/slow?ms=50000`).then(
      ({ statusCode }) => statusCode,
      () => 'broken off',
    );
    await agent.until((seen) => seen.replicas[0]?.inFlight === 1);
    await apply({ blue: null });
    expect(await slow).not.toBe(200);
    await agent.until((seen) => seen.replicas.length === 0);
  });
});

const groupLives = (group: number): boolean => {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    // ESRCH: no process of the group is left.
    return false;
  }
};
