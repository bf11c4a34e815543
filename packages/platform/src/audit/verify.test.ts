import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../kernel/database.ts';
import { applySchema } from '../kernel/schema.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { beginning, contentHash, hashOf } from './chain.ts';
import { type Checkpointer, startCheckpointer } from './checkpointer.ts';
import { checkpointsPath, keyPath } from './key.ts';
import { everyRecord } from './read.ts';
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
/** As one would who owns the database. */
const tamper = (...statements: string[]) =>
  database.transaction(async (tx) => {
    await tx.execute('alter table plumbline.audit disable trigger all');
    for (const sql of statements) await tx.execute(sql);
    await tx.execute('alter table plumbline.audit enable always trigger audit_is_append_only');
  });
const named = async () => (await verifyAudit(database, home)).findings.map(({ kind, seq }) => [kind, seq]);
const rehash = (from: number) =>
  `do $$ declare r record; p text; begin
     select coalesce((select hash from plumbline.audit where seq = ${from - 1}), repeat('0', 64)) into p;
     for r in select a.seq, c.content from plumbline.audit a join forged c using (seq) where a.seq >= ${from} order by a.seq loop
       update plumbline.audit set previous_hash = p, hash = forged_hash(r.seq, p, r.content) where seq = r.seq;
       select hash into p from plumbline.audit where seq = r.seq;
     end loop;
     update plumbline.audit_head set hash = p, seq = (select max(seq) from plumbline.audit);
   end $$`;
/** What a forger who knows the rules needs: the hashes of the contents as they stand now. */
const contentsForForger = async () => {
  await database.execute('create table forged (seq bigint, content text)');
  await database.execute(`create function forged_hash(seq bigint, previous text, content text) returns text language sql as $$
    select encode(sha256(convert_to('{"content":"' || content || '","previousHash":"' || previous || '","seq":' || seq || '}', 'UTF8')), 'hex') $$`);
  for await (const one of everyRecord(database))
    await database.execute('insert into forged values ($1, $2)', [one.seq, contentHash(one)]);
};

describe('an audit that nobody touched', () => {
  test('verifies, and says how much of its tail is not sealed yet, where the key lies and what it is good for', async () => {
    await tenSealed();
    await append(2);
    const verified = await verifyAudit(database, home);
    expect(verified).toMatchObject({ ok: true, records: 12, checkpoints: 4, findings: [], unsealed: 2 });
    expect(verified.lastCheckpoint?.seq).toBe(10);
    expect(verified.key).toEqual({
      path: keyPath(home),
      protectsAgainst: expect.stringContaining('checkpoints.jsonl'),
    });
  });

  test('verifies when it is empty', async () => {
    await checkpointer();
    expect(await verifyAudit(database, home)).toMatchObject({ ok: true, records: 0, unsealed: 0 });
  });

  test('verifies while it grows and is sealed', async () => {
    const sealing = await checkpointer(5);
    const growing = append(60);
    for (let n = 0; n < 10; n++) expect(await verifyAudit(database, home)).toMatchObject({ ok: true });
    await growing;
    await sealing.seal();
    expect(await verifyAudit(database, home)).toMatchObject({ ok: true, records: 60, unsealed: 0 });
  });
});

describe('in the table', () => {
  test.each<[string, string[], [string, number][]]>([
    ['an edited word', ["update plumbline.audit set who = 'bob' where seq = 5"], [['edited', 5]]],
    ['an edited detail', [`update plumbline.audit set detail = '{"n":99}' where seq = 6`], [['edited', 6]]],
    ['an edited time', ['update plumbline.audit set at = at + 1 where seq = 1'], [['edited', 1]]],
    ['an edited key', ["update plumbline.audit set key = 'other' where seq = 10"], [['edited', 10]]],
    ['an edited hash', ["update plumbline.audit set hash = repeat('a', 64) where seq = 5"], [['edited', 5]]],
    ['a removed record', ['delete from plumbline.audit where seq = 5'], [['removed', 5]]],
    ['removed records', ['delete from plumbline.audit where seq between 3 and 6'], [['removed', 3]]],
    ['the first one removed', ['delete from plumbline.audit where seq = 1'], [['removed', 1]]],
    [
      'a removed record, those after renumbered',
      [
        'delete from plumbline.audit where seq = 5',
        'update plumbline.audit set seq = -(seq - 1) where seq > 5',
        'update plumbline.audit set seq = -seq where seq < 0',
        'update plumbline.audit_head set seq = 9',
      ],
      [
        ['removed', 5],
        ['cut', 10],
      ],
    ],
    [
      'two records in exchanged places',
      [
        'update plumbline.audit set seq = -4 where seq = 4',
        'update plumbline.audit set seq = 4 where seq = 7',
        'update plumbline.audit set seq = 7 where seq = -4',
      ],
      [
        ['moved', 7],
        ['moved', 4],
      ],
    ],
    [
      'two contents exchanged under their hashes',
      [
        'create temp table two on commit drop as select * from plumbline.audit where seq in (3, 6)',
        "update plumbline.audit set key = key || '-' where seq in (3, 6)",
        'update plumbline.audit a set at = t.at, detail = t.detail, key = t.key from two t where a.seq = 9 - t.seq',
      ],
      [
        ['moved', 6],
        ['moved', 3],
      ],
    ],
    [
      'a record moved to the end',
      ['update plumbline.audit set seq = 11 where seq = 5', 'update plumbline.audit_head set seq = 11'],
      [['moved', 5]],
    ],
    [
      'a record put in, those after renumbered',
      [
        'update plumbline.audit set seq = -(seq + 1) where seq > 4',
        'update plumbline.audit set seq = -seq where seq < 0',
        `insert into plumbline.audit select 5, 1, 'eve', what, subject, why, detail, 'new', hash, repeat('b', 64) from plumbline.audit where seq = 4`,
        'update plumbline.audit_head set seq = 11',
      ],
      [
        ['added', 5],
        ['edited', 5],
      ],
    ],
    [
      'a second record of one number',
      [
        'alter table plumbline.audit drop constraint audit_pkey',
        `insert into plumbline.audit select seq, at, 'eve', what, subject, why, detail, 'new', previous_hash, hash from plumbline.audit where seq = 5`,
      ],
      [['added', 5]],
    ],
    [
      'a record before the first',
      [
        `insert into plumbline.audit select 0, at, 'eve', what, subject, why, detail, 'new', previous_hash, hash from plumbline.audit where seq = 5`,
      ],
      [['added', 0]],
    ],
    [
      'a record past the end',
      [
        `insert into plumbline.audit select 11, at, 'eve', what, subject, why, detail, 'new', hash, repeat('c', 64) from plumbline.audit where seq = 10`,
      ],
      [['added', 11]],
    ],
    ['the tail cut off', ['delete from plumbline.audit where seq > 8'], [['cut', 9]]],
    [
      "the tail cut off, and the chain's head with it",
      [
        'delete from plumbline.audit where seq > 8',
        'update plumbline.audit_head set seq = 8, hash = (select hash from plumbline.audit where seq = 8)',
      ],
      [['cut', 9]],
    ],
    ['everything removed', ['truncate plumbline.audit', 'update plumbline.audit_head set seq = 0'], [['cut', 1]]],
  ])('%s is named', async (_, statements, expected) => {
    await tenSealed();
    await tamper(...statements);
    expect(await named()).toEqual(expected);
  });

  test('an edited record whose own hash was made to fit is named', async () => {
    await tenSealed();
    await tamper("update plumbline.audit set who = 'bob' where seq = 5");
    await contentsForForger();
    await tamper(
      'update plumbline.audit a set hash = forged_hash(5, previous_hash, f.content) from forged f where a.seq = 5 and f.seq = 5',
    );
    expect(await named()).toEqual([['edited', 5]]);
  });

  test('a chain that was rewritten from some record on, head and all, is not what was signed', async () => {
    await tenSealed();
    await tamper("update plumbline.audit set who = 'bob' where seq = 6");
    await contentsForForger();
    await tamper(rehash(6));
    const { findings } = await verifyAudit(database, home);
    expect(findings).toMatchObject([{ kind: 'rewritten', seq: 5 }]);
    expect(findings[0]?.message).toMatch(/^Records 5 to 10 were rewritten: .* not what was sealed/);
  });

  test('a tail that was cut and grown again to more than it was is not what was signed', async () => {
    await tenSealed();
    await tamper(
      'delete from plumbline.audit where seq > 5',
      'update plumbline.audit_head set seq = 5, hash = (select hash from plumbline.audit where seq = 5)',
    );
    await append(9);
    expect(await named()).toEqual([['rewritten', 5]]);
  });

  test('of the tail that no checkpoint covers, an edit is seen by the chain, a cut by its head alone', async () => {
    await tenSealed();
    await append(2);
    await tamper("update plumbline.audit set who = 'bob' where seq = 11");
    expect(await named()).toEqual([['edited', 11]]);
    await tamper('delete from plumbline.audit where seq > 10');
    expect(await named()).toEqual([['cut', 11]]);
  });

  test('the last record edited with its hash is seen by the head', async () => {
    await tenSealed();
    await append(1);
    await tamper("update plumbline.audit set who = 'bob' where seq = 11");
    await contentsForForger();
    await tamper(
      'update plumbline.audit a set hash = forged_hash(11, previous_hash, f.content) from forged f where a.seq = 11 and f.seq = 11',
    );
    expect(await named()).toEqual([['edited', 11]]);
  });
});

describe('outside of the database', () => {
  const lines = async () => (await readFile(checkpointsPath(home), 'utf8')).split('\n').slice(0, -1);
  const write = (all: string[]) => writeFile(checkpointsPath(home), all.map((line) => `${line}\n`).join(''));

  test('an edited checkpoint is named', async () => {
    await tenSealed();
    const [first = '', second = '', ...rest] = await lines();
    await write([first, second.replace('"seq":4', '"seq":5'), ...rest]);
    expect(await named()).toEqual([
      ['checkpoint-edited', null],
      ['checkpoint-removed', null],
    ]);
  });

  test('a checkpoint taken out of the middle is missed', async () => {
    await tenSealed();
    const [first = '', , ...rest] = await lines();
    await write([first, ...rest]);
    expect(await named()).toEqual([['checkpoint-removed', null]]);
  });

  test('a line that is none is named, the torn last one is not', async () => {
    await tenSealed();
    await appendFile(checkpointsPath(home), '{"seq":11,"ha');
    expect(await named()).toEqual([]);
    await appendFile(checkpointsPath(home), 'x\n');
    expect(await named()).toEqual([['checkpoint-edited', null]]);
  });

  test('checkpoints that are all gone are missed', async () => {
    await tenSealed();
    await rm(checkpointsPath(home));
    expect(await named()).toEqual([['checkpoint-removed', null]]);
  });

  test('a missing key is named, and the table is still checked by itself', async () => {
    await tenSealed();
    await rm(keyPath(home));
    await tamper("update plumbline.audit set who = 'bob' where seq = 5");
    expect(await named()).toEqual([
      ['key-missing', null],
      ['edited', 5],
    ]);
  });

  test('another key in its place is named', async () => {
    await (await tenSealed()).close();
    await rm(keyPath(home));
    const next = await checkpointer();
    await append(1);
    await next.seal();
    expect(await named()).toEqual([['key-changed', null]]);
  });

  test('a key that is none says so, and what to do', async () => {
    await tenSealed();
    await writeFile(keyPath(home), 'garbage');
    await expect(verifyAudit(database, home)).rejects.toMatchObject({ code: 'data-unreadable' });
  });
});

test('a record can be checked by other means: SHA-256 over JSON with sorted keys', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const content = { at: 1, who: 'a', what: 'b.c', subject: 'd', why: null, detail: { z: 1, y: [true] }, key: 'k' };
  const inner = sha256(
    '{"at":1,"detail":{"y":[true],"z":1},"key":"k","subject":"d","what":"b.c","who":"a","why":null}',
  );
  expect(contentHash(content)).toBe(inner);
  expect(hashOf(1, beginning, inner)).toBe(sha256(`{"content":"${inner}","previousHash":"${beginning}","seq":1}`));
});
