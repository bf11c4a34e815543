import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../kernel/database.ts';
import { applySchema } from '../kernel/schema.ts';
import { waitFor } from '../kernel/wait.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { type Checkpointer, startCheckpointer } from './checkpointer.ts';
import { auditFolder, checkpointsPath, keyPath } from './key.ts';
import { record } from './record.ts';
import { verifyAudit } from './verify.ts';

let server: TestDatabase;
let database: Database;
let home: string;
const open: Checkpointer[] = [];
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const url = await server.createDatabase();
  await applySchema(url);
  database = openDatabase(url);
  home = await mkdtemp(path.join(tmpdir(), 'plumb-audit-'));
});
afterEach(async () => {
  for (const checkpointer of open.splice(0)) await checkpointer.close();
  await database.close();
  await rm(home, { recursive: true, force: true });
});

let keys = 0;
const append = async (count: number) => {
  for (let n = 0; n < count; n++)
    await database.transaction((tx) =>
      record(tx, {
        who: 'alice',
        what: 'shape.applied',
        subject: 'production',
        why: null,
        detail: { n },
        key: `k${++keys}`,
      }),
    );
};
/** Seals when asked, and not by itself. */
const checkpointer = async (everyMs = 3_600_000) => {
  const started = await startCheckpointer({ database, home, everyMs });
  open.push(started);
  return started;
};
/** Ten records, sealed at 4, 7 and 10. */
const tenSealed = async () => {
  const sealing = await checkpointer();
  for (const more of [4, 3, 3]) {
    await append(more);
    await sealing.seal();
  }
  return sealing;
};
test('makes its key once, for its owner alone', async () => {
  await (await checkpointer()).close();
  const key = await readFile(keyPath(home), 'utf8');
  await (await checkpointer()).close();
  expect(await readFile(keyPath(home), 'utf8')).toBe(key);
  expect((await stat(keyPath(home))).mode & 0o777).toBe(0o600);
  expect((await stat(auditFolder(home))).mode & 0o777).toBe(0o700);
  expect((await stat(checkpointsPath(home))).mode & 0o777).toBe(0o600);
});

test('seals by itself while something moves, and writes nothing while nothing does', async () => {
  const sealing = await checkpointer(5);
  await append(3);
  const sealed = async () => (sealing.sealed().seq === 3 ? { done: true } : { because: 'not all is sealed' });
  await waitFor('The seal', sealed, { deadlineMs: 20_000, everyMs: 5 });
  const before = await readFile(checkpointsPath(home), 'utf8');
  await sealing.seal();
  await sealing.seal();
  expect(await readFile(checkpointsPath(home), 'utf8')).toBe(before);
});

test('seals the rest when it closes', async () => {
  const sealing = await checkpointer();
  await append(2);
  await sealing.close();
  expect(await verifyAudit(database, home)).toMatchObject({ ok: true, unsealed: 0 });
});

test('goes on after a crash that tore its last line', async () => {
  await (await tenSealed()).close();
  await appendFile(checkpointsPath(home), '{"seq":11,"hash":"01');
  await append(1);
  const next = await checkpointer();
  await next.seal();
  expect(await verifyAudit(database, home)).toMatchObject({ ok: true, checkpoints: 5, unsealed: 0 });
});

test('many who ask at once get one chain of checkpoints', async () => {
  const sealing = await checkpointer();
  await Promise.all(Array.from({ length: 10 }, () => append(2).then(() => sealing.seal())));
  expect(await verifyAudit(database, home)).toMatchObject({ ok: true, records: 20, unsealed: 0 });
});

test('two control planes that seal by turns make one chain of checkpoints', async () => {
  const [one, other] = [await checkpointer(), await checkpointer()];
  for (const next of [one, other, other, one]) {
    await append(2);
    await next.seal();
  }
  await append(2);
  await Promise.all([one.seal(), other.seal()]);
  expect(await verifyAudit(database, home)).toMatchObject({ ok: true, records: 10, checkpoints: 6, unsealed: 0 });
});

test('seals no table that became shorter', async () => {
  const sealing = await tenSealed();
  await database.execute('alter table plumbline.audit disable trigger all');
  await database.execute('delete from plumbline.audit where seq > 8');
  expect(await sealing.seal()).toMatchObject({ seq: 10 });
  expect((await verifyAudit(database, home)).findings).toMatchObject([{ kind: 'cut', seq: 9 }]);
});

test('a folder that cannot be used is told at its start', async () => {
  await writeFile(path.join(home, 'audit'), 'a file');
  await expect(checkpointer()).rejects.toMatchObject({
    code: 'data-unreadable',
    message: expect.stringContaining(auditFolder(home)),
  });
});
