import { type Digest, digest } from '@plumbline/contract/names';
import type { Phase } from '@plumbline/contract/release';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../kernel/canonical-json.ts';
import { applySchema } from '../kernel/schema.ts';
import { waitFor } from '../kernel/wait.ts';
import type { MigrationsPort } from '../migrations/port.ts';
import { type KillingGround, openKillingGround } from '../migrations/testing/kills.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { first, openShop, type Shop, type ShopOptions, second, third } from './testing/shop.ts';

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

const digestOf = (name: string): Digest => digest.parse(`sha256:${sha256(name)}`);
const file = (name: string, phase: Phase) => ({ name, phase, digest: digestOf(name) });
const all = [file('1.js', 'expand'), file('2.js', 'backfill'), file('3.js', 'contract')];
const files = { [first]: all.slice(0, 1), [second]: all.slice(0, 2), [third]: all };

/** A database that only remembers what was applied to it. */
const modelMigrations = (failsAt: { name: string | null } = { name: null }) => {
  const applied: string[] = [];
  const port: Partial<MigrationsPort> = {
    schema: async () => ({
      applied: applied.map((name) => ({
        name,
        digest: digestOf(name),
        phase: all.find((one) => one.name === name)?.phase ?? null,
        at: 0,
      })),
      notes: [],
    }),
    run: async ({ names, direction }) => {
      for (const name of names) {
        if (name === failsAt.name) throw new Error(`${name} fails`);
        if (direction === 'down') applied.splice(applied.indexOf(name), 1);
        else applied.push(name);
      }
      return names;
    },
  };
  return { applied, port };
};

let opened = 0;
const open = async (options: ShopOptions): Promise<Shop> => {
  const shop = await openShop(postgres.url, { environment: `migrated-${++opened}`, files, ...options });
  shops.push(shop);
  return shop;
};

const ended = async (shop: Shop, ...asked: Parameters<Shop['ask']>) => {
  const id = await shop.ask(...asked);
  await shop.settled();
  const row = await shop.row(id);
  return { ...row, migrated: row.stages.find(({ name }) => name === 'migrations')?.because };
};

const approved = async (shop: Shop, ...asked: Parameters<Shop['ask']>) => {
  const id = await shop.ask(...asked);
  const waits = async () => {
    const { state, because } = await shop.row(id);
    return state === 'awaiting-approval' ? { done: true } : { because: `it is ${state}: ${because}` };
  };
  await waitFor('the approval to be waited for', waits, { deadlineMs: 10_000, everyMs: 5 });
  await shop.approve(id);
  await shop.settled();
  return shop.row(id);
};

describe('a delivery', () => {
  test('E6-1: to an empty environment applies all before its rollout, contracts too', async () => {
    const { applied, port } = modelMigrations();
    const shop = await open({ migrations: port });
    expect(await ended(shop, third)).toMatchObject({ state: 'succeeded', migrated: 'applied 1.js, 2.js, 3.js' });
    expect(applied).toEqual(['1.js', '2.js', '3.js']);
  });

  test('leaves a contract while another release is live, says so, and what it did is in the audit', async () => {
    const { applied, port } = modelMigrations();
    const shop = await open({ migrations: port });
    await ended(shop, first);
    const delivery = await ended(shop, third);
    expect(delivery.migrated).toMatch(/^applied 2.js; 3.js waits for plumb migrate latest migrated-\d+ --contract$/);
    expect(delivery.plan).toMatchObject({ migrations: ['2.js'], contracts: ['3.js'] });
    expect(applied).toEqual(['1.js', '2.js']);
    expect(shop.audited.get(`${delivery.id}/migrated`)).toMatchObject({
      what: 'migrations.applied',
      detail: { files: ['2.js'] },
    });
  });
});

describe('a contract', () => {
  const settings = { goBackForMs: 60_000 };
  const withThirdLive = async (port: Partial<MigrationsPort>) => {
    const shop = await open({ migrations: port, settings });
    await ended(shop, first);
    await ended(shop, third);
    return shop;
  };

  test('is refused as long as somebody may have to go back, then is a delivery of its own with its own approval', async () => {
    const { applied, port } = modelMigrations();
    const shop = await withThirdLive(port);
    expect(await ended(shop, third, { kind: 'contract' })).toMatchObject({
      state: 'failed',
      because: expect.stringMatching(/^plan: for (59|60) s more somebody may have to go back to the release before/),
    });
    shop.goForward(61_000);
    const delivery = await approved(shop, third, { kind: 'contract' });
    expect(delivery).toMatchObject({ state: 'succeeded', because: 'applied 3.js', approvalsNeeded: 1 });
    expect(delivery.stages.map(({ name }) => name)).toEqual(['gates', 'migrations']);
    expect(applied).toEqual(['1.js', '2.js', '3.js']);
    expect(await shop.environment()).toMatchObject({ live: third, holder: null });
  });

  test('that a live release does not know of is refused', async () => {
    const shop = await open({ migrations: modelMigrations().port });
    await ended(shop, first);
    expect(await ended(shop, third, { kind: 'contract' })).toMatchObject({
      state: 'failed',
      because: expect.stringContaining(`${first}, which is live, does not know 3.js and may need what it takes away`),
    });
  });

  test('keeps everybody from going back to a release from before it, with what to do', async () => {
    const shop = await withThirdLive(modelMigrations().port);
    shop.goForward(61_000);
    await approved(shop, third, { kind: 'contract' });
    const back = await ended(shop, first, { kind: 'roll-back' });
    expect(back).toMatchObject({
      state: 'failed',
      because: `plan: ${first} is from before 3.js, which took away what it may need: go to a release that has this migration, or ship a new one that mends what is wrong`,
    });
    expect((await shop.environment()).live).toBe(third);
  });

  test('that does not wait is told as that', async () => {
    const shop = await open({ migrations: modelMigrations().port });
    await ended(shop, first);
    expect((await ended(shop, first, { kind: 'contract' })).because).toMatch(
      /^plan: no contract waits in migrated-\d+/,
    );
  });
});

describe('a migration alone', () => {
  test('applies what a delivery did not come to, and moves no traffic', async () => {
    const fails = { name: '2.js' as string | null };
    const { applied, port } = modelMigrations(fails);
    const shop = await open({ migrations: port });
    await ended(shop, first);
    const failed = await ended(shop, second);
    expect(failed).toMatchObject({ state: 'failed', because: 'migrations: 2.js fails' });
    const before = shop.target.journal.length;
    fails.name = null;
    expect(await ended(shop, second, { kind: 'migrate' })).toMatchObject({
      state: 'succeeded',
      because: 'applied 2.js',
    });
    expect(applied).toEqual(['1.js', '2.js']);
    expect((await shop.environment()).live).toBe(first);
    expect(shop.target.journal.length).toBe(before);
  });

  test('is undone when no release that runs needs it, and only then', async () => {
    const { applied, port } = modelMigrations();
    const shop = await open({ migrations: port });
    await ended(shop, first);
    await ended(shop, second, { kind: 'migrate' });
    expect(await approved(shop, second, { kind: 'migrate-down' })).toMatchObject({
      state: 'succeeded',
      because: 'undid 2.js',
    });
    expect(applied).toEqual(['1.js']);
    expect((await ended(shop, second, { kind: 'migrate-down' })).because).toContain(
      `${first}, which is live, has 1.js among its migrations`,
    );
  });
});

describe('a control plane that dies', () => {
  let ground: KillingGround;
  beforeAll(async () => {
    ground = await openKillingGround();
  });
  afterAll(() => ground.close());

  test('at any boundary of a delivery that migrates for real leaves a schema that the next life brings to its end', async () => {
    const run = async (crashAt: number | null) => {
      await ground.reset();
      const shop = await open({
        migrations: {
          schema: async () => ({ applied: [], notes: [] }),
          run: async ({ names }) => {
            const { end } = await ground.live(null);
            if (end !== 'done') throw end;
            return names;
          },
        },
      });
      if (crashAt !== null) shop.engine().crashAt(crashAt);
      const id = await shop.ask(third, { kind: 'migrate' });
      if ((await shop.settled()) === 'died') await shop.restart();
      await shop.settled();
      return { state: (await shop.row(id)).state, seen: await ground.see(), boundaries: shop.engine().boundaries() };
    };
    const { boundaries, ...whole } = await run(null);
    expect(whole.state).toBe('succeeded');
    for (let boundary = 1; boundary <= boundaries; boundary++) {
      const { boundaries: _, ...left } = await run(boundary);
      expect(left, `died at boundary ${boundary} of ${boundaries}`).toEqual(whole);
    }
    console.info(`died at each of ${boundaries} boundaries`);
  });
});
