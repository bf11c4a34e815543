import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Database, openDatabase } from '../kernel/database.ts';
import { applySchema } from '../kernel/schema.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { beginning, contentHash, hashOf } from './chain.ts';
import { everyRecord, readAudit } from './read.ts';
import { type AuditEntry, record } from './record.ts';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const url = await server.createDatabase();
  await applySchema(url);
  database = openDatabase(url);
});
afterEach(() => database.close());

const entry = (key: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  who: 'alice',
  what: 'delivery.asked',
  subject: 'd-1',
  why: null,
  detail: { key },
  key,
  ...more,
});
const append = (one: AuditEntry, at?: number) => database.transaction((tx) => record(tx, one, at));
const all = () => readAudit(database, { after: 0, limit: 1_000 });

test('a record is there when its transaction commits, and not when it rolls back', async () => {
  await append(entry('kept'));
  const failing = database.transaction(async (tx) => {
    await record(tx, entry('lost'));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await append(entry('next'));
  expect((await all()).map(({ seq, detail }) => [seq, detail])).toEqual([
    [1, { key: 'kept' }],
    [2, { key: 'next' }],
  ]);
});

test('the same key again adds nothing, in the same transaction, later, or at the same time', async () => {
  await database.transaction(async (tx) => {
    await record(tx, entry('once'));
    await record(tx, entry('once'));
  });
  await append(entry('once', { who: 'bob' }));
  await Promise.all([append(entry('twice')), append(entry('twice')), append(entry('twice'))]);
  expect((await all()).map(({ seq, who, detail }) => [seq, who, detail])).toEqual([
    [1, 'alice', { key: 'once' }],
    [2, 'alice', { key: 'twice' }],
  ]);
});

test('many at once make one chain without a gap, in the order of their commits', async () => {
  await database.execute('create table commits (n serial, key text)');
  const keys = Array.from({ length: 200 }, (_, n) => `k${n}`);
  await Promise.all(keys.map((key) => append(entry(key))));
  const found = await all();
  expect(found.map(({ seq }) => seq)).toEqual(keys.map((_, at) => at + 1));
  let previous = beginning;
  for await (const one of everyRecord(database, 7)) {
    expect(one.previousHash).toBe(previous);
    expect(hashOf(one.seq, one.previousHash, contentHash(one))).toBe(one.hash);
    previous = one.hash;
  }
  expect(previous).toBe(found.at(-1)?.hash);
});

test('a transaction that recorded and takes its time holds up nobody else', async () => {
  await database.transaction(async (slow) => {
    await record(slow, entry('slow'));
    await append(entry('quick'));
  });
  expect((await all()).map(({ detail }) => detail)).toEqual([{ key: 'quick' }, { key: 'slow' }]);
});

test("the database's hash is the chain's own, whatever the text", async () => {
  const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'));
  const entries = fc.record({
    who: text,
    why: fc.option(text),
    detail: fc.jsonValue(),
    at: fc.double({ noNaN: true, noDefaultInfinity: true }),
  });
  let n = 0;
  await fc.assert(
    fc.asyncProperty(entries, async ({ at, ...more }) => {
      await append(entry(`k${++n}`, more), at);
    }),
    { numRuns: 200 },
  );
  let seen = 0;
  for await (const one of everyRecord(database)) {
    expect(hashOf(one.seq, one.previousHash, contentHash(one))).toBe(one.hash);
    seen++;
  }
  expect(seen).toBe(n);
});

test.each(['update plumbline.audit set who = $$eve$$', 'delete from plumbline.audit', 'truncate plumbline.audit'])(
  'the database refuses "%s", even to the superuser',
  async (sql) => {
    await append(entry('kept'));
    await expect(database.execute(sql)).rejects.toThrow('append-only');
    await expect(
      database.transaction(async (tx) => {
        await tx.execute('set local session_replication_role = replica');
        await tx.execute(sql);
      }),
    ).rejects.toThrow('append-only');
    expect(await all()).toHaveLength(1);
  },
);

test('nothing waits in the arrivals after a commit', async () => {
  await append(entry('kept'));
  await append(entry('kept'));
  expect(await database.query('select 1 as n from plumbline.audit_arrivals', [], z.unknown())).toEqual([]);
});

test('it is read by time, by subject, from a number on, or the last ones', async () => {
  for (let n = 1; n <= 5; n++) await append(entry(`k${n}`, { subject: `d-${n % 2}` }), n * 100);
  const seqs = async (question: Parameters<typeof readAudit>[1]) =>
    (await readAudit(database, question)).map(({ seq }) => seq);
  expect(await seqs({ limit: 2 })).toEqual([4, 5]);
  expect(await seqs({ after: 1, limit: 2 })).toEqual([2, 3]);
  expect(await seqs({ since: 300, limit: 10 })).toEqual([3, 4, 5]);
  expect(await seqs({ subject: 'd-1', limit: 10 })).toEqual([1, 3, 5]);
});
