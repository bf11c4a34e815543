import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasEnded, recordedSteps, withControlDatabase } from './station/control-database.ts';
import { pacedLoad } from './station/paced-load.ts';
import type { Behaviour } from './station/shop.ts';
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

/** Waits for the climb's delivery to an environment, by its place on the path. */
const deliveryOf = (climb: string, place: number): Promise<string> =>
  eventually(`delivery ${place} of ${climb}`, async () => {
    const { deliveries } = await station.client.call('climb', { climb });
    return deliveries[place];
  });

/** Kills after each step of the delivery to production, and tells how it ended and what visitors saw. */
const killedThrough = async (
  behaviour: Behaviour,
  meanwhile: (delivery: string) => Promise<void> = async () => undefined,
) => {
  await station.shop.commit(behaviour);
  const load = await pacedLoad(station, 'production');
  const climb = await station.client.call('ship', {});
  const id = await deliveryOf(climb.id, 1);
  const [recoveries] = await Promise.all([
    withControlDatabase(station, (database) => killWheneverAStepIsRecorded(database, id)),
    meanwhile(id),
  ]);
  const delivery = await ended(station, id);
  expect(await appliedTwice(id)).toEqual([]);
  const { failed } = await load.stop();
  const slowestMs = Math.max(...recoveries);
  console.info(`killed ${recoveries.length} times; back within ${slowestMs} ms at worst`);
  expect(slowestMs).toBeLessThan(10_000);
  return { delivery, failed, kills: recoveries.length };
};

/** Enough to hit most parts of a climb; then it is let go on, for each costs a start. */
const mostRandomKills = 20;

const live = async () => (await station.client.call('status', {})).environments[1]?.live;

const strategies = {
  rolling: 'local: { replicas: 2, bake: 1s }\n',
  'blue-green': 'strategy: blue-green\nlocal: { replicas: 2, bake: 1s }\n',
  canary:
    'strategy: canary\ncanary: { steps: [25, 100] }\nverdict: { least_requests: 20 }\nlocal: { replicas: 2, bake: 1s }\n',
};

describe('a control plane that is killed after every step in turn', () => {
  test.each(Object.entries(strategies))(
    'of a %s delivery lets it end right, with no step twice and no request failed',
    async (name, production) => {
      await station.shop.setProduction(production);
      const { delivery, failed, kills } = await killedThrough({ says: `by ${name}` });
      expect(delivery).toMatchObject({ state: 'succeeded', plan: { strategy: name } });
      expect(await live()).toBe(delivery.release);
      expect(failed).toEqual([]);
      expect(kills).toBeGreaterThan(10);
    },
    300_000,
  );

  test('of a canary that fails its visitors still takes it from them', async () => {
    const before = await live();
    await station.shop.setProduction(strategies.canary);
    const { delivery, failed } = await killedThrough({ failsPercent: 50 });
    expect(delivery).toMatchObject({ state: 'failed', because: expect.stringContaining('requests of web failed') });
    expect(await live()).toBe(before);
    expect(failed.filter(({ release }) => release !== delivery.release)).toEqual([]);
  }, 300_000);

  test('of a canary that is aborted still goes back', async () => {
    const before = await live();
    await station.shop.setProduction(strategies.canary.replace('[25, 100]', '[{ weight: 25, pause: true }, 100]'));
    const { delivery, failed } = await killedThrough({ says: 'unwanted' }, async (id) => {
      await eventually('it to be held', async () => {
        const { heldAt } = await station.client.call('delivery', { delivery: id });
        return heldAt ?? undefined;
      });
      await eventually('the abort', () => station.client.call('abort', { delivery: id, reason: 'not today' }));
    });
    expect(delivery).toMatchObject({ state: 'aborted', because: expect.stringContaining('not today') });
    expect(await live()).toBe(before);
    expect(failed).toEqual([]);
  }, 300_000);

  test('of a way back to the release before lets that end right', async () => {
    const load = await pacedLoad(station, 'production');
    const { id } = await station.client.call('rollBack', { environment: 'production', reason: 'a scenario' });
    const recoveries = await withControlDatabase(station, (database) => killWheneverAStepIsRecorded(database, id));
    const delivery = await ended(station, id);
    expect(delivery).toMatchObject({ state: 'succeeded', kind: 'roll-back' });
    expect(await live()).toBe(delivery.release);
    expect(await load.stop()).toMatchObject({ failed: [] });
    console.info(`killed ${recoveries.length} times`);
  }, 300_000);

  test('of a delivery whose candidate crashes still brings back what was live', async () => {
    const before = (await station.client.call('status', {})).environments[0]?.live;
    await station.shop.commit({ crashes: true });
    const load = await pacedLoad(station, 'development');
    const climb = await station.client.call('ship', {});
    const id = await deliveryOf(climb.id, 0);
    const recoveries = await withControlDatabase(station, (database) => killWheneverAStepIsRecorded(database, id));
    expect(await ended(station, id)).toMatchObject({ state: 'failed', because: expect.stringContaining('left-pad') });
    expect((await station.client.call('status', {})).environments[0]?.live).toBe(before);
    expect(await appliedTwice(id)).toEqual([]);
    expect(await load.stop()).toMatchObject({ failed: [] });
    console.info(`killed ${recoveries.length} times`);
  }, 300_000);
});

describe('a control plane that is killed at random moments', () => {
  test('lets a whole climb end right', async () => {
    await station.shop.setProduction(strategies.rolling);
    await station.shop.commit({ says: 'third' });
    const climb = await station.client.call('ship', {});
    let kills = 0;
    const isOver = async () => (await station.client.call('climb', { climb: climb.id })).endedAt !== null;
    while (kills < mostRandomKills && !(await isOver())) {
      await delay(100 + Math.random() * 900);
      await station.controlPlane.kill();
      await station.controlPlane.start();
      kills += 1;
    }
    const end = await eventually(`the end of ${climb.id}`, async () => {
      const now = await station.client.call('climb', { climb: climb.id });
      return now.endedAt === null ? undefined : now;
    });
    expect(end).toMatchObject({ state: 'succeeded' });
    for (const id of end.deliveries) expect(await appliedTwice(id)).toEqual([]);
    console.info(`killed ${kills} times at random`);
  }, 300_000);
});
