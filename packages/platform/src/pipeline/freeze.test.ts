import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { applySchema } from '../kernel/schema.ts';
import { waitFor } from '../kernel/wait.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { freeze, unfreeze } from './freeze.ts';
import { freezesLeft } from './freeze-table.ts';
import { ann, bob, first, openShop, type Shop, type ShopOptions, second, third } from './testing/shop.ts';

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
  const shop = await openShop(postgres.url, { environment: `frozen-${++opened}`, ...options });
  shops.push(shop);
  return shop;
};

const withFirstLive = async (options: ShopOptions = {}): Promise<Shop> => {
  const shop = await open(options);
  await shop.ask(first);
  await shop.settled();
  return shop;
};

/** Freezes at a step of the second delivery, when its shape is about to be applied. */
const freezeAt = (step: string, more: ShopOptions = {}): ShopOptions => ({
  ...more,
  onApply: async (shop, name) => {
    if (name === step && (await shop.environment()).live !== null) await shop.freeze();
  },
});

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

const stateOf = async (shop: Shop, id: Parameters<Shop['row']>[0], stage: string) =>
  (await shop.row(id)).stages.find(({ name }) => name === stage)?.state;

const approvals = { count: 1, roles: ['approver' as const], self: false, expiresMs: 60_000 };

describe('a delivery to a frozen environment', () => {
  test('is held with the reason and the end, moves nothing, and goes on when the freeze is ended', async () => {
    const shop = await withFirstLive();
    await shop.freeze('the books are closed');
    const id = await shop.ask(second);
    const { because } = await inState(shop, id, 'held');
    expect(because).toMatch(
      /^frozen-\d+ is frozen until \w{3} \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC: the books are closed \(f-\d+, by bob\)$/,
    );
    expect(stepsApplied(shop, id)).toEqual([]);
    await shop.unfreeze();
    await shop.settled();
    expect(await shop.row(id)).toMatchObject({ state: 'succeeded' });
  });

  test('goes on by itself when the time is over', async () => {
    const shop = await withFirstLive();
    await shop.freeze();
    const id = await shop.ask(second);
    await inState(shop, id, 'held');
    shop.goForward(3_600_001);
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
  });

  test('is held by what its description says, too', async () => {
    const when = { kind: 'between' as const, from: 0, until: Date.now() + 3_600_000 };
    const weekend = { name: 'weekend', reason: 'nobody is at work', by: 'environments/x.yaml', zone: 'UTC', when };
    const shop = await open({ settings: { freezes: [weekend] } });
    const id = await shop.ask(first);
    expect((await inState(shop, id, 'held')).because).toContain('nobody is at work (weekend, by environments/x.yaml)');
    await shop.abort(id);
    await shop.settled();
    expect((await shop.row(id)).state).toBe('aborted');
  });

  test('that goes back goes back', async () => {
    const shop = await withFirstLive();
    await shop.ask(second);
    await shop.settled();
    await shop.freeze();
    const id = await shop.ask(first, { kind: 'roll-back' });
    await shop.settled();
    const { state, gates } = await shop.row(id);
    expect(state).toBe('succeeded');
    expect(gates.find(({ gate }) => gate === 'freeze')?.because).toContain('going back is always allowed, although');
  });

  test('gives way to a newer one while nothing has moved', async () => {
    const shop = await withFirstLive();
    await shop.freeze();
    const older = await shop.ask(second);
    await inState(shop, older, 'held');
    await shop.ask(third);
    await inState(shop, older, 'superseded');
    await shop.unfreeze();
    await shop.settled();
    expect((await shop.environment()).live).toBe(third);
  });
});

describe('an approval', () => {
  test('can be given while a freeze holds, which is then all that holds', async () => {
    const shop = await open({ settings: { approvals } });
    await shop.freeze();
    const id = await shop.ask(first);
    expect((await inState(shop, id, 'awaiting-approval')).because).toMatch(
      /^0 of 1 approvals; .*; and frozen-\d+ is frozen/,
    );
    await shop.approve(id);
    expect((await inState(shop, id, 'held')).because).toMatch(/^frozen-\d+ is frozen/);
    await shop.unfreeze();
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
  });

  test('that was given too long ago counts no more, until the same person gives it again', async () => {
    const shop = await open({ settings: { approvals } });
    await shop.freeze();
    const id = await shop.ask(first);
    await inState(shop, id, 'awaiting-approval');
    await shop.approve(id);
    await inState(shop, id, 'held');
    shop.goForward(60_001);
    expect((await inState(shop, id, 'awaiting-approval')).because).toContain('the approval of bob has expired');
    await shop.approve(id);
    await inState(shop, id, 'held');
    await shop.unfreeze();
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
    const approved = [...shop.audited.values()].filter(({ what }) => what === 'delivery.approved');
    expect(approved).toHaveLength(2);
  });

  test('is waited for no longer than it says, and a freeze does not count', async () => {
    const shop = await open({ settings: { approvals } });
    await shop.freeze();
    const id = await shop.ask(first);
    await inState(shop, id, 'awaiting-approval');
    shop.goForward(1_800_000);
    await shop.approve(id);
    await inState(shop, id, 'held');
    shop.goForward(60_001);
    await inState(shop, id, 'awaiting-approval');
    await shop.unfreeze();
    await waitFor(
      'the freeze gate to open',
      async () => {
        const { gates } = await shop.row(id);
        return gates.every(({ gate, open: isOpen }) => gate !== 'freeze' || isOpen) ? { done: true } : { because: '' };
      },
      { deadlineMs: 10_000, everyMs: 5 },
    );
    shop.goForward(60_001);
    await shop.settled();
    expect(await shop.row(id)).toMatchObject({ state: 'failed', because: expect.stringContaining('nobody approved') });
  });

  test('of another plan than the one that waits is refused', async () => {
    const shop = await open({ settings: { approvals } });
    const id = await shop.ask(first);
    await inState(shop, id, 'awaiting-approval');
    await expect(shop.approve(id, 'an older one')).rejects.toMatchObject({ code: 'conflict' });
    await shop.abort(id);
    await shop.settled();
  });
});

describe('a freeze that begins in the middle', () => {
  test('holds the rollout where it is, and lets it go on when it ends', async () => {
    const shop = await withFirstLive(freezeAt('retire 1 of 2'));
    const id = await shop.ask(second);
    expect((await inState(shop, id, 'held')).because).toContain('the books are closed');
    expect(stepsApplied(shop, id)).toEqual(['fill 1 of 2', 'retire 1 of 2']);
    expect((await shop.environment()).shape?.candidateWeightPercent).toBe(50);
    await shop.unfreeze();
    await shop.settled();
    expect(await shop.row(id)).toMatchObject({ state: 'succeeded' });
    expect((await shop.environment()).live).toBe(second);
  });

  test('lets a person abort, and what was live comes back', async () => {
    const shop = await withFirstLive(freezeAt('retire 1 of 2'));
    const id = await shop.ask(second);
    await inState(shop, id, 'held');
    await shop.abort(id);
    await shop.settled();
    expect((await shop.row(id)).state).toBe('aborted');
    expect(await shop.environment()).toMatchObject({ live: first, shape: { slots: { green: null } } });
  });

  test('holds back the promotion alone once every visitor is over, and the tests run', async () => {
    const shop = await withFirstLive(freezeAt('retire 2 of 2'));
    const id = await shop.ask(second);
    await inState(shop, id, 'held');
    expect(stepsApplied(shop, id)).not.toContain('promote');
    expect(await stateOf(shop, id, 'smoke')).toBe('done');
    await shop.unfreeze();
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
  });

  test('does not hold it where gates are asked at the start alone', async () => {
    const shop = await withFirstLive(freezeAt('retire 1 of 2', { settings: { gatesBeforeEachStep: false } }));
    const id = await shop.ask(second);
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
  });

  test('still holds after the control plane died, and goes on after that', async () => {
    const shop = await withFirstLive(freezeAt('retire 1 of 2'));
    const id = await shop.ask(second);
    await inState(shop, id, 'held');
    await shop.restart();
    await inState(shop, id, 'held');
    await shop.unfreeze();
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
    expect(stepsApplied(shop, id)).toEqual(['fill 1 of 2', 'retire 1 of 2', 'fill 2 of 2', 'retire 2 of 2', 'promote']);
  });
});

describe('an emergency', () => {
  const emergencies = (shop: Shop) => [...shop.audited.values()].filter(({ what }) => what === 'delivery.emergency');

  test('passes a freeze once somebody else approved, also where no approval is usual, and the audit says what it passed', async () => {
    const shop = await withFirstLive();
    await shop.freeze('the books are closed');
    const id = await shop.ask(second, { emergency: 'orders are lost' });
    await inState(shop, id, 'awaiting-approval');
    expect(emergencies(shop)).toEqual([]);
    await shop.approve(id);
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
    expect(emergencies(shop)).toMatchObject([
      {
        who: 'ann',
        subject: id,
        why: 'orders are lost',
        detail: { freeze: { by: 'bob', reason: 'the books are closed' } },
      },
    ]);
  });

  test('passes a freeze that begins in the middle, and the audit says so', async () => {
    const shop = await withFirstLive(freezeAt('retire 1 of 2'));
    const id = await shop.ask(second, { emergency: 'orders are lost' });
    await inState(shop, id, 'awaiting-approval');
    await shop.approve(id);
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
    expect(emergencies(shop)).toHaveLength(1);
  });

  test('takes the place of what a freeze holds before it moved', async () => {
    const shop = await withFirstLive();
    await shop.freeze();
    await inState(shop, await shop.ask(second), 'held');
    const id = await shop.ask(second, { emergency: 'orders are lost' });
    await inState(shop, id, 'awaiting-approval');
    await shop.approve(id);
    await shop.settled();
    expect((await shop.row(id)).state).toBe('succeeded');
  });

  test('is refused behind what a freeze holds half way, since it would wait there', async () => {
    const shop = await withFirstLive(freezeAt('retire 1 of 2'));
    const held = await shop.ask(second);
    await inState(shop, held, 'held');
    await expect(shop.ask(third, { emergency: 'orders are lost' })).rejects.toMatchObject({
      code: 'busy',
      hint: expect.stringContaining(`plumb abort ${held}`),
    });
    await shop.abort(held);
    await shop.settled();
  });
});

describe('what a person freezes', () => {
  const now = Date.parse('2026-11-27T12:00:00Z');
  const environment = null;
  const asking = async () => {
    const shop = await open();
    const recorded: unknown[] = [];
    const deps = {
      database: shop.database,
      record: async (
        _: unknown,
        { what, subject, who, why }: { what: string; subject: string; who: string; why: unknown },
      ) => void recorded.push({ what, subject, who, why }),
      now: () => now,
    };
    return { shop, deps, recorded };
  };
  const asked = { environment, from: null, until: now + 60_000, reason: 'an audit' };

  test('is recorded when it is set and when it is ended, once each', async () => {
    const { shop, deps, recorded } = await asking();
    const one = await freeze(deps, { ...asked, key: 'all' }, bob);
    expect(await freeze(deps, { ...asked, key: 'all' }, bob)).toEqual(one);
    expect(await freezesLeft(shop.database, now, null)).toContainEqual(one);
    expect(await unfreeze(deps, { environment, reason: 'it is over' }, ann)).toEqual([one]);
    expect(await unfreeze(deps, { environment, reason: 'it is over' }, ann)).toEqual([]);
    expect(recorded).toEqual([
      { what: 'freeze.set', subject: 'every environment', who: 'bob', why: 'an audit' },
      { what: 'freeze.ended', subject: 'every environment', who: 'ann', why: 'it is over' },
    ]);
  });

  test.each([
    ['is over already', { until: now }],
    ['ends before it begins', { from: now + 90_000 }],
  ])('is refused when it %s', async (_, changed) => {
    const { deps } = await asking();
    await expect(freeze(deps, { ...asked, ...changed, key: 'wrong' }, bob)).rejects.toMatchObject({
      code: 'bad-input',
      hint: 'it is fri 2026-11-27 12:00 UTC',
    });
  });
});
