import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openReceiver, type Receiver } from '@plumbline/platform/monitoring/testing/receiver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShopStation } from './station/station.ts';
import { eventually, shipped } from './station/waiting.ts';

let station: Awaited<ReturnType<typeof openShopStation>>;
let receiver: Receiver;
let onMessage: (body: string) => Promise<void>;
beforeAll(async () => {
  onMessage = async () => undefined;
  receiver = await openReceiver((response, { body }) => void onMessage(body).then(() => response.end('ok')));
  station = await openShopStation();
  const file = join(station.shop.folder, 'plumbline.yaml');
  const hook = 'notify:\n  - { kind: webhook, url: secret://hook, signing: secret://key }\n';
  await writeFile(file, (await readFile(file, 'utf8')) + hook);
  await station.shop.commit({ says: 'told' });
}, 180_000);
afterAll(async () => {
  await station.close();
  await receiver.close();
}, 60_000);

test('a test message says that a secret is missing, then that it has arrived', async () => {
  const environment = 'production';
  const test = () => station.client.call('testNotifier', { environment });
  expect(await test()).toMatchObject([{ arrived: false, because: expect.stringContaining('plumb secret set') }]);
  for (const secret of ['hook', 'key'])
    for (const name of ['development', 'production'])
      await station.client.call('setSecret', {
        environment: name,
        secret,
        value: secret === 'hook' ? receiver.url : 'of-both-sides',
      });
  expect(await test()).toMatchObject([{ notifier: 'webhook', arrived: true, because: 'it answered 200: ok' }]);
}, 60_000);

test('a control plane that is killed while a receiver holds its message loses none, and repeats it under its id', async () => {
  let killed = 0;
  onMessage = async (body) => {
    if (killed > 0 || !/"kind":"started".*"environment":"production"/.test(body)) return;
    killed++;
    await station.controlPlane.kill();
    await station.controlPlane.start();
  };
  expect(await shipped(station)).toMatchObject({ state: 'succeeded' });
  const sent = await eventually('all messages to be sent', async () => {
    const all = await station.client.call('notifications', {});
    return all.every(({ state }) => state === 'sent') ? all : undefined;
  });
  expect(killed).toBe(1);
  expect(sent.map(({ notice }) => `${notice.environment} ${notice.kind}`).reverse()).toEqual([
    'development started',
    'development succeeded',
    'production started',
    'production succeeded',
  ]);
  const times = (id: string) => receiver.ids().filter((one) => one === id).length;
  for (const { notice, attempts } of sent) {
    // What else was on its way when the control plane died may have arrived or not: then it was sent again as well.
    expect(times(notice.id)).toBeGreaterThanOrEqual(1);
    expect(times(notice.id)).toBeLessThanOrEqual(attempts);
    expect(attempts).toBeLessThanOrEqual(2);
  }
  const started = sent.find(({ notice }) => notice.kind === 'started' && notice.environment === 'production');
  expect(times(started?.notice.id ?? '')).toBe(2);
  expect((await station.client.call('auditVerification', {})).ok).toBe(true);
}, 180_000);
