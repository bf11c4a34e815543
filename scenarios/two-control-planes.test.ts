import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  hasEnded,
  instanceAtWork,
  recordedSteps,
  withControlDatabase,
  writtenState,
} from './station/control-database.ts';
import { pacedLoad } from './station/paced-load.ts';
import { type Daemon, openShopStation } from './station/station.ts';
import { ended, eventually, shipped } from './station/waiting.ts';

let station: Awaited<ReturnType<typeof openShopStation>>;
let second: Daemon;
beforeAll(async () => {
  station = await openShopStation();
  expect((await shipped(station)).state).toBe('succeeded');
  second = station.controlPlaneOf('second');
  await second.start();
}, 180_000);
afterAll(async () => {
  await second.kill('SIGTERM');
  await station.close();
}, 60_000);

/** As the server's `exitCodes` has it. */
const leaseLost = 75;

test('of two control planes the one that is suspended in a delivery is taken over, does nothing when it comes back, and ends', async () => {
  await station.shop.commit({ says: 'second' });
  const load = await pacedLoad(station, 'production');
  const climb = await station.client.call('ship', {});
  const id = await eventually(
    'the delivery to production',
    async () => (await station.client.call('climb', { climb: climb.id })).deliveries[1],
  );
  await withControlDatabase(station, async (database) => {
    await eventually('it to be under way', async () => (await recordedSteps(database, id)) > 3 || undefined);
    const owner = await instanceAtWork(database, id);
    const [late, taker] = owner === 'second' ? [second, station.controlPlane] : [station.controlPlane, second];
    process.kill(late.pid(), 'SIGSTOP');
    expect(await hasEnded(database, id)).toBe(false);
    await eventually(`the end of ${id}`, async () => (await hasEnded(database, id)) || undefined);
    expect(await instanceAtWork(database, id)).not.toBe(owner);
    await eventually('the whole climb to end', async () => {
      const { rows } = await database.query('select 1 from plumbline.climbs where ended_at is null');
      return rows.length === 0 || undefined;
    });
    const before = { written: await writtenState(database), journal: await station.journal() };
    process.kill(late.pid(), 'SIGCONT');
    expect(await late.ended()).toBe(leaseLost);
    expect({ written: await writtenState(database), journal: await station.journal() }).toEqual(before);
    expect(await load.stop()).toMatchObject({ failed: [] });
    const steps = (await station.journal())
      .filter((one) => one.holder === id && one.kind === 'applied')
      .map(({ step }) => step);
    expect(steps).toEqual([...new Set(steps)]);
    await taker.kill('SIGTERM');
    await taker.start();
    expect((await ended(station, id)).state).toBe('succeeded');
    expect(await station.client.call('auditVerification', {})).toMatchObject({ ok: true, findings: [] });
  });
}, 180_000);
