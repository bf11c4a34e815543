import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasEnded, recordedSteps, withControlDatabase } from './station/control-database.ts';
import { pacedLoad } from './station/paced-load.ts';
import { openShopStation } from './station/station.ts';
import { ended, eventually, shipped } from './station/waiting.ts';

let station: Awaited<ReturnType<typeof openShopStation>>;
beforeAll(async () => {
  station = await openShopStation();
  expect((await shipped(station)).state).toBe('succeeded');
}, 180_000);
afterAll(() => station.close(), 60_000);

const killWheneverAStepIsRecorded = async (database: pg.Client, delivery: string): Promise<readonly number[]> => {
  const recoveries: number[] = [];
  let seen = 0;
  for (;;) {
    const steps = await eventually(`a step after the ${seen}th of ${delivery}`, async () => {
      const isOver = await hasEnded(database, delivery);
      const now = await recordedSteps(database, delivery);
      return now > seen || isOver ? { now, isOver } : undefined;
    });
    if (steps.isOver) return recoveries;
    await station.controlPlane.kill();
    recoveries.push(await station.controlPlane.start());
    seen = steps.now;
  }
};

const appliedTwice = async (delivery: string): Promise<readonly string[]> => {
  const steps = (await station.journal())
    .filter((one) => one.holder === delivery && one.kind === 'applied')
    .map(({ step }) => step);
  return steps.filter((step, index) => steps.indexOf(step) !== index);
};

describe('a control plane that is killed', () => {
  test('after every step of a delivery in turn lets it end right, with no step twice and no request failed', async () => {
    await station.shop.commit({ says: 'second' });
    const load = await pacedLoad(station, 'production');
    const climb = await station.client.call('ship', {});
    const id = await eventually(
      'the delivery to production',
      async () => (await station.client.call('climb', { climb: climb.id })).deliveries[1],
    );
    const recoveries = await withControlDatabase(station, (database) => killWheneverAStepIsRecorded(database, id));
    expect((await ended(station, id)).state).toBe('succeeded');
    expect(await appliedTwice(id)).toEqual([]);
    expect(await load.stop()).toMatchObject({ failed: [] });
    console.info(`killed ${recoveries.length} times; back within ${Math.max(...recoveries)} ms at worst`);
    expect(recoveries.length).toBeGreaterThan(10);
  }, 300_000);

  test('after every step of a delivery that fails still brings back what was live', async () => {
    const before = (await station.client.call('status', {})).environments[0]?.live;
    await station.shop.commit({ crashes: true });
    const load = await pacedLoad(station, 'development');
    const climb = await station.client.call('ship', {});
    const id = await eventually(
      'the delivery to development',
      async () => (await station.client.call('climb', { climb: climb.id })).deliveries[0],
    );
    const recoveries = await withControlDatabase(station, (database) => killWheneverAStepIsRecorded(database, id));
    expect(await ended(station, id)).toMatchObject({ state: 'failed', because: expect.stringContaining('left-pad') });
    expect((await station.client.call('status', {})).environments[0]?.live).toBe(before);
    expect(await appliedTwice(id)).toEqual([]);
    expect(await load.stop()).toMatchObject({ failed: [] });
    console.info(`killed ${recoveries.length} times`);
  }, 300_000);

  test('at random moments lets a whole climb end right', async () => {
    await station.shop.commit({ says: 'third' });
    const climb = await station.client.call('ship', {});
    let kills = 0;
    const isOver = async () => (await station.client.call('climb', { climb: climb.id })).endedAt !== null;
    while (!(await isOver())) {
      await delay(100 + Math.random() * 900);
      await station.controlPlane.kill();
      await station.controlPlane.start();
      kills += 1;
    }
    const end = await station.client.call('climb', { climb: climb.id });
    expect(end).toMatchObject({ state: 'succeeded' });
    for (const id of end.deliveries) expect(await appliedTwice(id)).toEqual([]);
    console.info(`killed ${kills} times at random`);
  }, 300_000);
});
