import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PacedLoad, pacedLoad } from './station/paced-load.ts';
import type { Behaviour } from './station/shop.ts';
import { openShopStation } from './station/station.ts';
import { ended, eventually, shipped } from './station/waiting.ts';

const canary = 'strategy: canary\ncanary: { steps: [10, 50, 100] }\nlocal: { replicas: 2, bake: 5s }\n';
const blueGreen = 'strategy: blue-green\nlocal: { replicas: 2, bake: 20s }\n';

let station: Awaited<ReturnType<typeof openShopStation>>;
let load: PacedLoad;
beforeAll(async () => {
  station = await openShopStation();
  expect((await shipped(station)).state).toBe('succeeded');
}, 180_000);
afterAll(() => station.close(), 60_000);

/** Ships the behaviour under load; answers the delivery to production and what visitors got. */
const underLoad = async (
  production: string,
  behaviour: Behaviour,
  meanwhile: (delivery: string) => Promise<void> = async () => undefined,
) => {
  await station.shop.setProduction(production);
  await station.shop.commit(behaviour);
  load = await pacedLoad(station, 'production');
  const climb = await station.client.call('ship', {});
  const id = await eventually(
    'the delivery to production',
    async () => (await station.client.call('climb', { climb: climb.id })).deliveries[1],
  );
  await meanwhile(id);
  const delivery = await ended(station, id);
  const seen = await load.stop();
  const exposed = seen.byRelease.get(delivery.release) ?? 0;
  return { delivery, seen, exposed, others: seen.failed.filter(({ release }) => release !== delivery.release) };
};

const live = async () => (await station.client.call('status', {})).environments[1]?.live;

describe('a canary', () => {
  test('that is good climbs every share by a verdict, and no request fails', async () => {
    const { delivery, seen } = await underLoad(canary, { says: 'good' });
    expect(delivery).toMatchObject({ state: 'succeeded' });
    expect(delivery.plan?.steps.map(({ name }) => name)).toEqual(['fill', '10 %', '50 %', '100 %', 'promote']);
    expect(seen.failed).toEqual([]);
    expect(await live()).toBe(delivery.release);
  }, 180_000);

  test.each([
    ['fails every request', { failsPercent: 100 }, /\d+ of \d+ requests/],
    ['fails every tenth request', { failsPercent: 10 }, /\d+ of \d+ requests/],
    ['is slow', { slowMs: 1_100 }, /took longer than 1000 ms/],
  ])(
    'that %s goes back by itself, and nobody else notices',
    async (_, behaviour, because) => {
      const before = await live();
      const { delivery, seen, exposed, others } = await underLoad(canary, { says: 'bad', ...behaviour });
      expect(delivery).toMatchObject({ state: 'failed', because: expect.stringMatching(because) });
      expect(others).toEqual([]);
      expect(await live()).toBe(before);
      console.info(`exposed ${exposed} of ${seen.sent} requests, ${seen.failed.length} failed: ${delivery.because}`);
    },
    180_000,
  );

  test('that somebody aborts goes back at once, and asking twice is asking once', async () => {
    const { delivery, seen } = await underLoad(canary, { says: 'good, but unwanted' }, async (id) => {
      await eventually('the first share', async () => {
        const { stages } = await station.client.call('delivery', { delivery: id });
        return stages.find(({ name }) => name === 'rollout')?.state === 'running' || undefined;
      });
      await delay(2_000);
      await station.client.call('abort', { delivery: id, reason: 'the numbers look odd' });
      await station.client.call('abort', { delivery: id });
    });
    expect(delivery).toMatchObject({ state: 'aborted', because: expect.stringContaining('the numbers look odd') });
    expect(seen.failed).toEqual([]);
  }, 180_000);
});

test('blue-green that fails after every visitor has it goes back from the bake to the warm slot', async () => {
  const before = await live();
  const { delivery, others } = await underLoad(blueGreen, { says: 'bad at last', failsPercent: 20 });
  expect(delivery).toMatchObject({ state: 'failed', because: expect.stringMatching(/^(smoke|bake|rollout): /) });
  expect(others).toEqual([]);
  expect(await live()).toBe(before);
}, 180_000);

test('a canary of new settings alone is judged apart from the live ones, though both slots hold one release', async () => {
  const before = (await station.client.call('status', {})).environments[1]?.live;
  expect(before).toBeTruthy();
  await station.shop.setProduction(`${canary}variables: { web: { FAILS_PERCENT: "100" } }\n`);
  load = await pacedLoad(station, 'production');
  const asked = await station.client.call('deliver', { environment: 'production', release: String(before) });
  const delivery = await ended(station, asked.id);
  const { failed, sent } = await load.stop();
  expect(delivery).toMatchObject({ state: 'failed', because: expect.stringMatching(/requests of web failed/) });
  expect(failed.length).toBeLessThan(30);
  console.info(`${failed.length} of ${sent} requests failed: ${delivery.because}`);
}, 120_000);
