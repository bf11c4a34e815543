import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { applySchema } from '../kernel/schema.ts';
import { waitFor } from '../kernel/wait.ts';
import { notificationsOf } from '../monitoring/notification-table.ts';
import { keepSending } from '../monitoring/sender.ts';
import { bookWith } from '../monitoring/testing/address-book.ts';
import { openReceiver } from '../monitoring/testing/receiver.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { first, openShop, type Shop, type ShopOptions, second, third } from './testing/shop.ts';

let postgres: TestDatabase;
beforeAll(async () => {
  postgres = await testDatabase();
});
afterAll(() => postgres.stop());

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const open = async (options: ShopOptions = {}): Promise<Shop> => {
  const url = await postgres.createDatabase();
  await applySchema(url);
  const shop = await openShop(url, options);
  endings.push(() => shop.close());
  return shop;
};
const withFirstLive = async (options: ShopOptions = {}): Promise<Shop> => {
  const shop = await open(options);
  await shop.ask(first);
  await shop.settled();
  return shop;
};
const inState = (shop: Shop, id: Parameters<Shop['row']>[0], state: string) =>
  waitFor(
    `${id} to be ${state}`,
    async () => {
      const row = await shop.row(id);
      return row.state === state ? { done: row } : { because: `it is ${row.state}` };
    },
    { deadlineMs: 20_000, everyMs: 5 },
  );
const approvals = { count: 1, roles: ['approver' as const], self: false, expiresMs: 60_000 };

describe('people are told', () => {
  test('of a delivery that starts and succeeds', async () => {
    const shop = await open();
    const id = await shop.ask(first);
    await shop.settled();
    expect(await shop.told(id)).toEqual(['started', 'succeeded']);
  });

  test('that an approval is waited for, once however often it is looked at; it starts after it', async () => {
    const shop = await open({ settings: { approvals } });
    const id = await shop.ask(first);
    await inState(shop, id, 'awaiting-approval');
    expect(await shop.told(id)).toEqual(['awaiting-approval']);
    await shop.approve(id);
    await shop.settled();
    expect(await shop.told(id)).toEqual(['awaiting-approval', 'started', 'succeeded']);
  });

  test('that a bad release is taken back before it is said to have failed', async () => {
    const shop = await withFirstLive();
    shop.target.behave(second, 'crashes');
    const id = await shop.ask(second);
    await shop.settled();
    expect(await shop.told(id)).toEqual(['started', 'going-back', 'failed']);
  });

  test('of an abort: of the way back, and of its end', async () => {
    const shop = await withFirstLive({
      onApply: async (it, step, holder) => (step === 'retire 1 of 2' ? it.abort(holder) : undefined),
    });
    const id = await shop.ask(second);
    await shop.settled();
    expect(await shop.told(id)).toEqual(['started', 'going-back', 'aborted']);
  });

  test('of what was superseded while it waited, and not that it ever started', async () => {
    const shop = await open({ settings: { approvals } });
    const older = await shop.ask(first);
    await inState(shop, older, 'awaiting-approval');
    await shop.ask(second);
    await inState(shop, older, 'superseded');
    expect(await shop.told(older)).toEqual(['awaiting-approval', 'superseded']);
  });

  test('of a way back that somebody asked for', async () => {
    const shop = await withFirstLive();
    await shop.ask(second);
    await shop.settled();
    const id = await shop.ask(first, { kind: 'roll-back' });
    await shop.settled();
    expect(await shop.told(id)).toEqual(['rollback', 'started', 'succeeded']);
  });
});

describe('a receiver that never answers', () => {
  test('delays no delivery: they begin and end while it holds the first message', async () => {
    const shop = await open();
    const receiver = await openReceiver(() => undefined);
    endings.push(receiver.close);
    const stopping = new AbortController();
    const sending = keepSending({
      ...bookWith('  - { kind: slack, url: secret://slack }', { slack: receiver.url }),
      database: shop.database,
      instance: 'here',
      guard: async () => undefined,
      signal: stopping.signal,
      everyMs: 5,
      withinMs: 600_000,
    });
    endings.push(async () => {
      stopping.abort();
      await sending;
    });
    const before = await shop.ask(first);
    await receiver.has(1);
    for (const release of [second, third]) {
      const id = await shop.ask(release);
      await shop.settled();
      expect(await shop.row(id)).toMatchObject({ state: 'succeeded' });
      expect(await shop.told(id)).toEqual(['started', 'succeeded']);
    }
    expect((await shop.row(before)).state).toBe('succeeded');
    expect(receiver.got).toHaveLength(1);
    const states = (await notificationsOf(shop.database, { failed: false, limit: 100 })).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['waiting']));
  });
});

test('what is told is about the delivery, its release and who asked', async () => {
  const shop = await withFirstLive();
  const receiver = await openReceiver();
  endings.push(receiver.close);
  const stopping = new AbortController();
  const sending = keepSending({
    ...bookWith('  - { kind: webhook, url: secret://url, signing: secret://key, on: [succeeded] }', {
      url: receiver.url,
      key: 'k',
    }),
    database: shop.database,
    instance: 'here',
    guard: async () => undefined,
    signal: stopping.signal,
    everyMs: 5,
  });
  endings.push(async () => {
    stopping.abort();
    await sending;
  });
  const id = await shop.ask(second);
  await shop.settled();
  await receiver.has(2);
  expect(JSON.parse(receiver.got[1]?.body ?? '')).toMatchObject({
    kind: 'succeeded',
    environment: 'production',
    delivery: id,
    deliveryKind: 'deliver',
    release: second,
    from: first,
    commit: second,
    subject: 'a change',
    who: 'ann',
    app: 'shop',
    site: null,
  });
});
