import { createClient } from '@plumbline/cli/client';
import { findConnection, notRunning } from '@plumbline/cli/connection';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShopStation } from './station/station.ts';
import { ended, eventually, shipped } from './station/waiting.ts';

let station: Awaited<ReturnType<typeof openShopStation>>;
beforeAll(async () => {
  station = await openShopStation('postgres');
  await station.shop.setProduction('local: { replicas: 1, bake: 0s, go_back_for: 0s }\n');
  await station.shop.commit({ says: 'first' });
  expect(await shipped(station)).toMatchObject({ state: 'succeeded' });
  await station.shop.commit(
    { says: 'second' },
    { name: '002-price', phase: 'expand', sql: 'alter table goods add column price int' },
    {
      name: '003-no-name',
      phase: 'contract',
      sql: 'select pg_sleep(2); alter table goods drop column name',
    },
  );
  expect(await shipped(station)).toMatchObject({ state: 'succeeded' });
}, 240_000);
afterAll(() => station.close(), 60_000);

const status = () => station.client.call('migrations', { environment: 'production' });
const states = async () => (await status()).files.map(({ name, state }) => `${name} ${state}`);

/** A client of somebody who approves. */
const approver = async () => {
  const { token } = await station.client.call('createToken', { name: 'bob', role: 'approver' });
  const place = { directory: station.shop.folder, home: station.home };
  return createClient(
    async () => ({ ...(await findConnection(place, {})), token }),
    (cause) => notRunning(place.directory, cause),
  );
};

test('a contract is left by the delivery that brings it', async () => {
  expect(await states()).toEqual(['001-goods.mjs applied', '002-price.mjs applied', '003-no-name.mjs waits']);
  expect(await status()).toMatchObject({ refused: null, contractRefused: null });
});

test('it is a delivery of its own that somebody else approves, and a control plane that is killed in it changes nothing', async () => {
  const asked = await station.client.call('migrate', { environment: 'production', contract: true });
  const waiting = await eventually('the approval to be waited for', async () => {
    const delivery = await station.client.call('delivery', { delivery: asked.id });
    return delivery.state === 'awaiting-approval' ? delivery : undefined;
  });
  expect(waiting).toMatchObject({ kind: 'contract', approvalsNeeded: 1, plan: { migrations: ['003-no-name.mjs'] } });
  const bob = await approver();
  await bob.call('approve', { delivery: asked.id, planHash: waiting.planHash ?? '' });
  await bob.close();
  await eventually('its migration to run', async () => {
    const { stages } = await station.client.call('delivery', { delivery: asked.id });
    return stages.find(({ name, state }) => name === 'migrations' && state === 'running');
  });
  await station.controlPlane.kill();
  await station.controlPlane.start();
  expect(await ended(station, asked.id)).toMatchObject({ state: 'succeeded', because: 'applied 003-no-name.mjs' });
  expect(await states()).toEqual(['001-goods.mjs applied', '002-price.mjs applied', '003-no-name.mjs applied']);
}, 120_000);

test('going back to the release from before it is refused at once, with the reason and what to do', async () => {
  await expect(station.client.call('rollBack', { environment: 'production' })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(
      /^r-[0-9a-f]{12} is from before 003-no-name.mjs, which took away what it may need: go to a release that has this migration, or ship a new one/,
    ),
  });
});

test('a file that is edited after it was applied is refused, by name', async () => {
  await station.shop.commit(
    { says: 'third' },
    { name: '002-price', phase: 'expand', sql: 'alter table goods add column price bigint' },
  );
  const climb = await shipped(station);
  expect(climb).toMatchObject({ state: 'failed' });
  expect(climb.because).toContain('002-price.mjs is not what was applied: edited since');
}, 120_000);
