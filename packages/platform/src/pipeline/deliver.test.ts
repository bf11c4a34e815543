import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { applySchema } from '../kernel/schema.ts';
import { waitFor } from '../kernel/wait.ts';
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

let opened = 0;
const open = async (options: ShopOptions = {}): Promise<Shop> => {
  const shop = await openShop(postgres.url, { environment: `production-${++opened}`, ...options });
  shops.push(shop);
  return shop;
};

const withFirstLive = async (options: ShopOptions = {}): Promise<Shop> => {
  const shop = await open(options);
  await shop.ask(first);
  await shop.settled();
  return shop;
};

const stepsApplied = (shop: Shop, holder: string) =>
  shop.target.journal.filter((entry) => entry.holder === holder && entry.kind === 'applied').map(({ step }) => step);

const inState = (shop: Shop, id: Parameters<Shop['row']>[0], state: string) =>
  waitFor(
    `${id} to be ${state}`,
    async () => {
      const row = await shop.row(id);
      return row.state === state ? { done: row } : { because: `it is ${row.state}: ${row.because}` };
    },
    { deadlineMs: 10_000, everyMs: 5 },
  );

describe('a delivery', () => {
  test('brings a release to an empty environment and lets go of it', async () => {
    const shop = await open();
    const id = await shop.ask(first);
    await shop.settled();
    expect(await shop.row(id)).toMatchObject({ state: 'succeeded', from: null });
    expect(await shop.environment()).toMatchObject({ live: first, holder: null });
    expect(stepsApplied(shop, id)).toEqual(['fill', 'open', 'promote']);
  });

  test('walks from one slot to the other, and the order is in the audit', async () => {
    const shop = await withFirstLive();
    const id = await shop.ask(second);
    await shop.settled();
    expect((await shop.environment()).shape).toMatchObject({
      stable: 'green',
      slots: { blue: null, green: { release: second } },
    });
    expect(stepsApplied(shop, id)).toEqual(['fill 1 of 2', 'retire 1 of 2', 'fill 2 of 2', 'retire 2 of 2', 'promote']);
    expect(shop.audited.get(`${id}/ended`)).toMatchObject({ what: 'delivery.succeeded', who: 'ann' });
  });

  test('asked for twice with one key is one delivery', async () => {
    const shop = await open();
    const [one, other] = [await shop.ask(first, { key: 'k' }), await shop.ask(first, { key: 'k' })];
    expect(other).toBe(one);
  });

  test('of a candidate that crashes fails with its last lines, and what was live stays', async () => {
    const shop = await withFirstLive();
    shop.target.behave(second, 'crashes');
    const id = await shop.ask(second);
    await shop.settled();
    const row = await shop.row(id);
    expect(row).toMatchObject({ state: 'failed', because: expect.stringContaining('exited with code 1') });
    expect(row.because).toContain('cannot find module "x"');
    expect(await shop.environment()).toMatchObject({
      live: first,
      holder: null,
      shape: { stable: 'blue', slots: { green: null } },
    });
    expect(stepsApplied(shop, id)).toEqual(['fill 1 of 2', 'leave']);
  });

  test('that goes back brings the release before, warm slot or not, without a new approval', async () => {
    const shop = await withFirstLive();
    await shop.ask(second);
    await shop.settled();
    const id = await shop.ask(first, { kind: 'roll-back' });
    await shop.settled();
    expect(await shop.row(id)).toMatchObject({ state: 'succeeded', approvalsNeeded: 0 });
    expect((await shop.environment()).live).toBe(first);
    expect(stepsApplied(shop, id)).toEqual(['fill', 'switch', 'promote']);
  });
});

describe('an approval', () => {
  const approvals = { count: 1, roles: ['approver' as const], self: false, expiresMs: 60_000 };

  test('is waited for, and is bound to the plan that was shown', async () => {
    const shop = await open({ settings: { approvals } });
    const id = await shop.ask(first);
    const row = await inState(shop, id, 'awaiting-approval');
    expect(row.because).toBe('0 of 1 approvals; ann asked for it and cannot approve it');
    await shop.approve(id);
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
  });

  test('that waits is superseded by a newer delivery', async () => {
    const shop = await open({ settings: { approvals } });
    const older = await shop.ask(first);
    await inState(shop, older, 'awaiting-approval');
    const newer = await shop.ask(second);
    expect((await inState(shop, older, 'superseded')).because).toContain(second);
    await inState(shop, newer, 'awaiting-approval');
    await shop.approve(newer);
    await shop.settled();
    expect((await shop.environment()).live).toBe(second);
  });

  test('that waits can be aborted, and nothing has moved', async () => {
    const shop = await open({ settings: { approvals } });
    const id = await shop.ask(first);
    await inState(shop, id, 'awaiting-approval');
    await shop.abort(id);
    await shop.settled();
    expect(await shop.row(id)).toMatchObject({ state: 'aborted', because: expect.stringContaining('aborted by bob') });
    expect(shop.target.journal).toEqual([]);
  });
});

describe('an environment that is busy', () => {
  /** Holds the second delivery in its first step until it is let go. */
  const holding = () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const onApply: ShopOptions['onApply'] = async (_, step) => (step === 'fill 1 of 2' ? held : undefined);
    return { onApply, letGo: () => letGo() };
  };

  test('has a queue of one, in which the newest wins', async () => {
    const gate = holding();
    const shop = await withFirstLive(gate);
    const holder = await shop.ask(second);
    await inState(shop, holder, 'running');
    const [older, newer] = [await shop.ask(third), await shop.ask(first)];
    expect((await shop.row(older)).state).toBe('superseded');
    expect((await shop.row(newer)).state).toBe('waiting');
    gate.letGo();
    await shop.settled();
    expect((await shop.row(newer)).state).toBe('succeeded');
  });

  test('refuses one who does not want to wait', async () => {
    const gate = holding();
    const shop = await withFirstLive(gate);
    await inState(shop, await shop.ask(second), 'running');
    await expect(shop.ask(third, { wait: false })).rejects.toMatchObject({ code: 'busy' });
    gate.letGo();
    await shop.settled();
  });
});

describe('an abort in the middle', () => {
  const abortAt = (step: string): ShopOptions => ({
    onApply: async (shop, name, holder) => {
      const isFirst = (await shop.environment()).live === null;
      if (name === step && !isFirst) await shop.abort(holder);
    },
  });

  test.each(['fill 1 of 2', 'retire 1 of 2', 'retire 2 of 2', 'promote'])(
    'at "%s" goes back to what was live',
    async (step) => {
      const shop = await withFirstLive(abortAt(step));
      const id = await shop.ask(second);
      await shop.settled();
      expect((await shop.row(id)).state).toBe('aborted');
      const { shape, live, holder } = await shop.environment();
      expect({ live, holder }).toEqual({ live: first, holder: null });
      expect(shape).toEqual({
        stable: 'blue',
        slots: { blue: { release: first, replicas: { web: 2 } }, green: null },
        candidateWeightPercent: 0,
      });
    },
  );
});

describe('a control plane that dies at any boundary', () => {
  const scenarios: readonly {
    readonly name: string;
    readonly options: ShopOptions;
    readonly bad?: boolean;
    readonly end: string;
  }[] = [
    { name: 'of a rolling delivery', options: {}, end: 'succeeded' },
    { name: 'of a blue-green delivery', options: { settings: { strategy: 'blue-green' } }, end: 'succeeded' },
    { name: 'of a delivery that fails', options: {}, bad: true, end: 'failed' },
    {
      name: 'of a delivery that is aborted half way',
      options: { onApply: async (shop, step, holder) => (step === 'retire 1 of 2' ? shop.abort(holder) : undefined) },
      end: 'aborted',
    },
  ];

  test.each(scenarios)(
    '$name comes to the same end, and no step takes effect or is told twice',
    async ({ options, bad, end }) => {
      const run = async (crashAt: number | null) => {
        const shop = await withFirstLive(options);
        if (bad) shop.target.behave(second, 'crashes');
        const before = shop.engine().boundaries();
        if (crashAt !== null) shop.engine().crashAt(before + crashAt);
        const id = await shop.ask(second).catch(async () => undefined);
        if ((await shop.settled()) === 'died') await shop.restart();
        await shop.settled();
        const row = id && (await shop.row(id));
        const steps = id ? stepsApplied(shop, id) : [];
        const told = id && (await shop.told(id));
        const { shape, holder } = await shop.environment();
        const boundaries = shop.engine().boundaries() - before;
        await shop.close();
        return { state: row?.state, steps, told, shape, holder, boundaries };
      };
      const { boundaries, ...expected } = await run(null);
      expect(expected).toMatchObject({ state: end, holder: null });
      for (let boundary = 1; boundary <= boundaries; boundary++) {
        const { boundaries: _, ...seen } = await run(boundary);
        expect(seen, `died at boundary ${boundary} of ${boundaries}`).toEqual(expected);
      }
      console.info(`died at each of ${boundaries} boundaries`);
    },
    180_000,
  );
});
