import { afterAll, beforeAll, expect, test } from 'vitest';
import { pacedLoad } from './station/paced-load.ts';
import { openShopStation } from './station/station.ts';
import { shipped } from './station/waiting.ts';

let station: Awaited<ReturnType<typeof openShopStation>>;
beforeAll(async () => {
  station = await openShopStation();
  expect((await shipped(station)).state).toBe('succeeded');
}, 180_000);
afterAll(() => station.close(), 60_000);

test.each([
  ['crashes at its start', { crashes: true }, 'cannot find module "left-pad"', 15_000],
  ['never gets ready', { neverReady: true }, 'GET /health answered 503', 60_000],
  ['serves another version', { wrongVersion: true }, 'serves version r-000000000bad', 15_000],
])(
  'a release that %s fails with the reason, and nobody notices',
  async (_, behaviour, because, withinMs) => {
    const before = (await station.client.call('status', {})).environments[0]?.live;
    await station.shop.commit(behaviour);
    const load = await pacedLoad(station, 'development');
    const began = performance.now();
    const climb = await shipped(station);
    const ms = performance.now() - began;
    expect(climb).toMatchObject({ state: 'failed', because: expect.stringContaining(because) });
    expect((await station.client.call('status', {})).environments[0]).toMatchObject({
      live: before,
      health: 'healthy',
    });
    expect(await load.stop()).toMatchObject({ failed: [] });
    expect(ms).toBeLessThan(withinMs);
  },
  120_000,
);
