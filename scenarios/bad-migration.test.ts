import { afterAll, beforeAll, expect, test } from 'vitest';
import { pacedLoad } from './station/paced-load.ts';
import { openShopStation } from './station/station.ts';
import { shipped } from './station/waiting.ts';

let station: Awaited<ReturnType<typeof openShopStation>>;
beforeAll(async () => {
  station = await openShopStation('postgres');
  expect(await shipped(station)).toMatchObject({ state: 'succeeded' });
}, 180_000);
afterAll(() => station.close(), 60_000);

const development = async () => (await station.client.call('status', {})).environments[0];

test('a release whose migration fails is told with file, statement and SQLSTATE within seconds, and the old one serves', async () => {
  const before = await development();
  await station.shop.commit({ says: 'second' }, { name: '002-stock', sql: 'alter table stock add column count int' });
  const load = await pacedLoad(station, 'development');
  const climb = await shipped(station);
  expect(climb).toMatchObject({ state: 'failed' });
  expect(climb.because).toContain('002-stock.mjs: relation "stock" does not exist (SQLSTATE 42P01)');
  expect(climb.because).toContain('alter table stock add column count int');
  const delivery = await station.client.call('delivery', { delivery: climb.deliveries[0] ?? '' });
  const stage = delivery.stages.find(({ name }) => name === 'migrations');
  expect(stage).toMatchObject({ state: 'failed' });
  expect((delivery.endedAt ?? 0) - (stage?.startedAt ?? 0)).toBeLessThan(10_000);
  expect(await development()).toMatchObject({ live: before?.live, health: 'healthy' });
  expect(await load.stop()).toMatchObject({ failed: [] });
}, 120_000);

test('a later release with the file mended goes on where the schema stood', async () => {
  await station.shop.commit({ says: 'third' }, { name: '002-stock', sql: 'alter table goods add column count int' });
  expect(await shipped(station)).toMatchObject({ state: 'succeeded' });
  const id = (await station.client.call('deliveries', { environment: 'development' }))[0];
  expect(id?.stages.find(({ name }) => name === 'migrations')?.because).toBe('applied 002-stock.mjs');
}, 120_000);
