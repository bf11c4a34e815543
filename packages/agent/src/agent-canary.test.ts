import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, startAgent, type TestAgent } from './testing/agent.ts';
import { startLoad } from './testing/load.ts';
import { content, order, releases, spec } from './testing/orders.ts';

const tester = { by: 'header', name: 'x-tester', value: 'yes' } as const;
const [, fresh] = releases;

let agent: TestAgent;
let generation = 0;
beforeAll(async () => {
  agent = await startAgent();
});
afterAll(() => agent.remove());

type Change = Omit<Parameters<typeof order>[0] & object, 'generation'>;

/** A whole stable slot and a candidate of one replica, unless told otherwise. */
const orderOf = (change: Change) => {
  generation += 1;
  return order({ generation, blue: content(0, 2), green: content(1, 1), ...change });
};

const step = async (change: Change) => {
  const applied = await agent.apply(orderOf(change));
  await agent.until(({ converged }) => converged);
  return applied;
};

const answerOf = async (headers: Record<string, string> = {}) => {
  const { addresses } = await agent.observe();
  return (await (await request(addresses.plain, { headers })).body.text()).split(' ')[0];
};

const load = async (paths: readonly string[]) => {
  const { addresses } = await agent.observe();
  return startLoad({ url: addresses.plain, connections: 40, perSecond: 400, paths });
};

const countedOf = async (release: (typeof releases)[number]) =>
  (await agent.observe()).counts[release]?.[spec().name]?.requests ?? 0;
const counted = async () => (await countedOf(releases[0])) + (await countedOf(fresh));

test('requests without a cookie meet the candidate as often as its weight says, to 5 sigma', async () => {
  for (const weight of [0, 5, 10, 25, 50, 100]) {
    await step({ weight });
    const before = await counted();
    const running = await load(['/']);
    await eventually('400 requests', async () => (await counted()) >= before + 400);
    const { visits, failures } = await running.stop();
    expect(failures).toEqual([]);
    const share = visits.filter(({ word }) => word === fresh).length / visits.length;
    const sigma = Math.sqrt(((weight / 100) * (1 - weight / 100)) / visits.length);
    expect(Math.abs(share - weight / 100)).toBeLessThanOrEqual(5 * sigma);
  }
});

test('no request that starts after the reply to an abort reaches the candidate', async () => {
  for (let round = 0; round < 3; round += 1) {
    await step({ weight: 50 });
    const [ofFresh, begun] = [await countedOf(fresh), await load(['/', '/', '/', '/slow?ms=50'])];
    await eventually('the candidate to be busy', async () => (await countedOf(fresh)) > ofFresh + 50);
    await agent.apply(orderOf({ weight: 0 }));
    const repliedMs = performance.now();
    const ofStable = await countedOf(releases[0]);
    await eventually('stable to have them all', async () => (await countedOf(releases[0])) > ofStable + 100);
    const { visits, failures } = await begun.stop();
    expect(failures).toEqual([]);
    const late = visits.filter(({ startedMs }) => startedMs > repliedMs);
    expect(late.length).toBeGreaterThan(0);
    expect(late.filter(({ word }) => word === fresh)).toEqual([]);
  }
});

test('a cohort has the candidate at weight 0 as soon as it is ready, and not an abort longer', async () => {
  await step({ green: null });
  await agent.apply(orderOf({ cohort: tester, greenSpecs: [spec({ set: { START_MS: '500' } })] }));
  expect(await answerOf({ 'x-tester': 'yes' })).toBe(releases[0]);
  await agent.until(({ converged }) => converged);
  expect(await answerOf({ 'x-tester': 'yes' })).toBe(fresh);
  expect(await answerOf({ 'x-tester': 'no' })).toBe(releases[0]);
  expect(await answerOf()).toBe(releases[0]);
  await agent.apply(orderOf({ greenSpecs: [spec({ set: { START_MS: '500' } })] }));
  expect(await answerOf({ 'x-tester': 'yes' })).toBe(releases[0]);
});

test('a cohort is part of the shape: a change of it is one, the journal tells it, and a killed agent comes back with it', async () => {
  await step({});
  expect(await step({ cohort: tester })).toMatchObject({ effect: 'changed' });
  expect(await step({ cohort: tester })).toMatchObject({ effect: 'same' });
  expect((await agent.journal()).at(-2)).toMatchObject({ kind: 'applied', detail: { cohort: tester } });
  await agent.kill();
  await agent.start();
  const { shape } = await agent.until(({ converged }) => converged);
  expect(shape?.cohort).toEqual(tester);
  expect(await answerOf({ 'x-tester': 'yes' })).toBe(fresh);
});
