import { Failure } from '@plumbline/contract/failure';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { type Database, openDatabase } from './database.ts';
import { assertLease, holdLease, type Lease, type LeaseOptions } from './lease.ts';
import { watchLeases } from './lease-watch.ts';
import { applySchema } from './schema.ts';
import { waitFor } from './wait.ts';

let server: TestDatabase;
let database: Database;
const leases: Lease[] = [];
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const url = await server.createDatabase();
  await applySchema(url);
  database = openDatabase(url);
});
afterEach(async () => {
  for (const lease of leases.splice(0)) await lease.release();
  await database.close();
});

/** Renews only when asked to by `confirm`, unless the test says otherwise. */
const hold = async (instance: string, options: Partial<LeaseOptions> = {}) => {
  const lease = await holdLease(database, { instance, renewEveryMs: 600_000, ttlMs: 5_000, ...options });
  leases.push(lease);
  return lease;
};
const clock = () => {
  let ms = 0;
  return { now: () => ms, pass: (by: number) => (ms += by) };
};
/** Looks every second for that long. */
const watchFor = async (watch: { look(): Promise<unknown> }, time: ReturnType<typeof clock>, ms: number) => {
  for (let passed = 0; passed < ms; passed += 1_000) {
    time.pass(1_000);
    await watch.look();
  }
};

test('a lease is held from its beginning, and again after each renewal', async () => {
  const lease = await hold('a', { renewEveryMs: 20, ttlMs: 3_000 });
  expect(lease.held()).toBe(true);
  const renewed = async () => {
    const found = await database.execute('select 1 from plumbline.instances where renewals > 3');
    return found === 1 ? { done: true } : { because: 'it has not renewed' };
  };
  await waitFor('Renewals', renewed, { deadlineMs: 20_000, everyMs: 10 });
  expect(lease.held()).toBe(true);
});

test('after a pause longer than its length, during which nobody took it, it renews and goes on', async () => {
  const lease = await hold('a', { ttlMs: 400 });
  await waitFor('The end of the lease', async () => (lease.held() ? { because: 'held' } : { done: true }), {
    deadlineMs: 5_000,
    everyMs: 10,
  });
  await lease.confirm();
  expect(lease.signal.aborted).toBe(false);
});

describe('taking', () => {
  test('one who did not renew while it was watched for the length of a lease is taken, and told', async () => {
    const a = await hold('a');
    const b = await hold('b');
    const time = clock();
    const watch = watchLeases(database, b, time.now);
    await watch.look();
    await watchFor(watch, time, 5_000);
    expect(await watch.takeExpired()).toEqual([]);
    time.pass(1);
    expect(await watch.takeExpired()).toEqual(['a']);
    expect(await watch.look()).toEqual(['b']);
    const taken = database.transaction((tx) => assertLease(tx, a));
    await expect(taken).rejects.toMatchObject({ code: 'lease-lost' });
  });

  test('its next renewal fails, and its signal fires', async () => {
    const a = await hold('a', { renewEveryMs: 50 });
    await database.execute('update plumbline.instances set epoch = epoch + 1, ended_at = 0');
    const lost = async () => (a.signal.aborted ? { done: a.signal.reason } : { because: 'nobody told it' });
    expect(await waitFor('The signal', lost, { deadlineMs: 20_000, everyMs: 5 })).toMatchObject({ code: 'lease-lost' });
    expect(a.held()).toBe(false);
    await expect(a.confirm()).rejects.toBeInstanceOf(Failure);
  });

  test('one renewal in time, and it is not taken', async () => {
    await hold('a');
    const b = await hold('b');
    const time = clock();
    const watch = watchLeases(database, b, time.now);
    await watch.look();
    await watchFor(watch, time, 5_000);
    await database.execute("update plumbline.instances set renewals = renewals + 1 where id = 'a'");
    time.pass(2_000);
    expect(await watch.takeExpired()).toEqual([]);
  });

  test('a renewal between the last look and the taking saves it', async () => {
    await hold('a');
    const b = await hold('b');
    const time = clock();
    const watch = watchLeases(database, b, time.now);
    await watch.look();
    await watchFor(watch, time, 6_000);
    await database.execute("update plumbline.instances set renewals = renewals + 1 where id = 'a'");
    expect(await watch.take('a')).toBe(false);
  });

  test('of ten who try at once, one gets it', async () => {
    await hold('a');
    const time = clock();
    const watches = Array.from({ length: 10 }, (_, n) =>
      watchLeases(database, { instance: `b${n}`, ttlMs: 5_000 }, time.now),
    );
    for (const watch of watches) await watch.look();
    for (let second = 0; second < 6; second++) {
      time.pass(1_000);
      for (const watch of watches) await watch.look();
    }
    const taken = await Promise.all(watches.map((watch) => watch.takeExpired()));
    expect(taken.flat()).toEqual(['a']);
  });

  test('one that ended by itself need not be waited for', async () => {
    const a = await hold('a');
    const b = await hold('b');
    await a.release();
    const watch = watchLeases(database, b);
    expect(await watch.look()).toEqual(['b']);
    expect(await watch.take('a')).toBe(true);
  });

  test('one who was itself asleep does not take another for dead at once', async () => {
    await hold('a');
    const b = await hold('b');
    const time = clock();
    const watch = watchLeases(database, b, time.now);
    await watch.look();
    time.pass(3_600_000);
    expect(await watch.takeExpired()).toEqual([]);
  });

  test("the database's clock decides nothing: times far in the future or the past change nothing", async () => {
    await hold('a');
    const b = await hold('b');
    await database.execute("update plumbline.instances set renewed_at = 0, expires_at = 0 where id = 'a'");
    const time = clock();
    const watch = watchLeases(database, b, time.now);
    await watch.look();
    await watchFor(watch, time, 4_000);
    expect(await watch.takeExpired()).toEqual([]);
    await database.execute("update plumbline.instances set expires_at = 1e15 where id = 'a'");
    await watchFor(watch, time, 3_000);
    expect(await watch.takeExpired()).toEqual(['a']);
  });
});

test('a second process of the same name takes it from the first', async () => {
  const first = await hold('a', { renewEveryMs: 50 });
  const second = await hold('a');
  expect(second.epoch).toBe(first.epoch + 1);
  await waitFor('The first', async () => (first.signal.aborted ? { done: true } : { because: 'it holds it still' }), {
    deadlineMs: 20_000,
    everyMs: 5,
  });
  expect(second.held()).toBe(true);
});

describe('a transaction that asserts the lease', () => {
  test('holds off the taker until it has ended, but no renewal', async () => {
    const a = await hold('a');
    const b = await hold('b');
    await database.execute("update plumbline.instances set ended_at = null where id = 'a'");
    const order: string[] = [];
    let taking: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      await assertLease(tx, a);
      await database.execute("update plumbline.instances set renewals = renewals + 1 where id = 'a'");
      order.push('renewed');
      taking = database
        .execute("update plumbline.instances set epoch = epoch + 1, ended_at = 0, ended_by = $1 where id = 'a'", [
          b.instance,
        ])
        .then(() => order.push('taken'));
      const blocked = async () => {
        const waiting = await database.execute(
          "select 1 from pg_locks where not granted and locktype = 'transactionid'",
        );
        return waiting > 0 ? { done: true } : { because: 'the taker does not wait' };
      };
      await waitFor('The taker', blocked, { deadlineMs: 20_000, everyMs: 5 });
      order.push('committed');
    });
    await taking;
    expect(order).toEqual(['renewed', 'committed', 'taken']);
  });

  test('is refused when it comes after the taker, even if it began before', async () => {
    const a = await hold('a');
    const late = database.transaction(async (tx) => {
      await tx.execute('select 1');
      await database.execute("update plumbline.instances set epoch = epoch + 1, ended_at = 0 where id = 'a'");
      await assertLease(tx, a);
    });
    await expect(late).rejects.toMatchObject({ code: 'lease-lost' });
  });
});
