import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { applySchema } from '../kernel/schema.ts';
import { waitFor } from '../kernel/wait.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { first, openShop, type Shop, type ShopOptions, second, third } from './testing/shop.ts';

/** What other delivery systems suffer from when deliveries meet, one test each. */

let postgres: TestDatabase;
beforeAll(async () => {
  postgres = await testDatabase();
  await applySchema(postgres.url);
});
afterAll(() => postgres.stop());

const shops: Shop[] = [];
afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.close();
});

const steps = [
  { weightPercent: 10, pause: true },
  { weightPercent: 100, pause: false },
];
const canary: ShopOptions['settings'] = { strategy: 'canary', canary: { cohort: null, steps } };

/** A shop with the first release live, where the second fails every request and the others fail none. */
const withFirstLive = async (options: ShopOptions = {}): Promise<Shop> => {
  const shop = await openShop(postgres.url, { environment: `several-${++opened}`, settings: canary, ...options });
  shops.push(shop);
  for (const release of [first, third]) shop.target.visit(release, 50, 0);
  shop.target.visit(second, 50, 1);
  await shop.ask(first);
  await shop.settled();
  return shop;
};
let opened = 0;

const applied = (shop: Shop, holder: string) =>
  shop.target.journal.filter((entry) => entry.holder === holder && entry.kind === 'applied').map(({ step }) => step);

const held = (shop: Shop, id: Parameters<Shop['row']>[0]) =>
  waitFor(
    `${id} to be held`,
    async () => {
      const { state } = await shop.row(id);
      return state === 'held' ? { done: undefined } : { because: `it is ${state}` };
    },
    { deadlineMs: 10_000, everyMs: 5 },
  );

test('abort with nothing running: a delivery that has ended cannot be aborted, and nothing moves', async () => {
  const shop = await withFirstLive();
  const id = await shop.ask(third, { kind: 'roll-back' });
  await shop.settled();
  const before = shop.target.journal.length;
  await expect(shop.abort(id)).rejects.toMatchObject({ code: 'conflict' });
  expect(shop.target.journal).toHaveLength(before);
  expect(await shop.environment()).toMatchObject({ live: third, holder: null });
});

test('a new release in the middle of a rollout: the older one goes back first, and the newer one starts from what is live', async () => {
  const shop = await withFirstLive();
  const older = await shop.ask(third);
  await held(shop, older);
  const newer = await shop.ask(second);
  await shop.settled();
  expect((await shop.row(older)).state).toBe('superseded');
  expect(applied(shop, older)).toEqual(['fill', '10 %', 'leave']);
  expect(await shop.row(newer)).toMatchObject({ state: 'failed', from: first });
  expect(await shop.environment()).toMatchObject({ live: first, holder: null });
});

test('bad → bad → good: each bad one is taken back, and the good one gets the same slot', async () => {
  const shop = await withFirstLive({ settings: { ...canary, canary: { cohort: null, steps: steps.slice(1) } } });
  for (let time = 0; time < 2; time++) {
    const bad = await shop.ask(second);
    await shop.settled();
    expect(await shop.row(bad)).toMatchObject({ state: 'failed', because: expect.stringContaining('failed (100 %)') });
    expect(applied(shop, bad)).toEqual(['fill', '100 %', 'leave']);
  }
  const good = await shop.ask(third);
  await shop.settled();
  expect((await shop.row(good)).state).toBe('succeeded');
  expect(await shop.environment()).toMatchObject({ live: third, shape: { stable: 'green', slots: { blue: null } } });
});

test('going back to the release before while a canary runs: the canary is aborted, and what was live stays', async () => {
  const shop = await withFirstLive();
  const running = await shop.ask(third);
  await held(shop, running);
  const back = await shop.ask(first, { kind: 'roll-back' });
  await shop.settled();
  expect((await shop.row(running)).state).toBe('aborted');
  expect((await shop.row(back)).state).toBe('succeeded');
  expect(await shop.environment()).toMatchObject({ live: first, holder: null });
});

test('a scaling change in the middle: the rollout keeps its plan, and the next one has the new number', async () => {
  const settings = { ...canary, replicas: { web: 2 } };
  const shop = await withFirstLive({ settings });
  const running = await shop.ask(third);
  await held(shop, running);
  settings.replicas.web = 4;
  await shop.abort(running);
  await shop.settled();
  const replicas = async () => (await shop.environment()).shape?.slots;
  expect(await replicas()).toMatchObject({ blue: { release: first, replicas: { web: 2 } }, green: null });
  await shop.ask(first, { kind: 'roll-back' });
  await shop.settled();
  expect(await replicas()).toMatchObject({ blue: null, green: { release: first, replicas: { web: 4 } } });
});

test('a step that cannot be done in the middle of a rollout takes the candidate back', async () => {
  const onApply: ShopOptions['onApply'] = async (_, step) => {
    if (step === '100 %') throw new Error('no room on this machine');
  };
  const shop = await withFirstLive({
    onApply,
    settings: { ...canary, canary: { cohort: null, steps: [{ weightPercent: 50, pause: false }, ...steps.slice(1)] } },
  });
  const id = await shop.ask(third);
  await shop.settled();
  expect(await shop.row(id)).toMatchObject({ state: 'failed', because: 'rollout: no room on this machine' });
  expect(applied(shop, id)).toEqual(['fill', '50 %', 'leave']);
  expect(await shop.environment()).toMatchObject({ live: first, holder: null });
});
