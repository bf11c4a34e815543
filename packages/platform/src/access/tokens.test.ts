import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readAudit } from '../audit/read.ts';
import { type Database, openDatabase } from '../kernel/database.ts';
import { applySchema } from '../kernel/schema.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { makeFirstTokens, pipelineTokenPath, tokenPath } from './first-tokens.ts';
import { authenticate, createToken, listTokens, revokeToken } from './tokens.ts';

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

const audited = async () =>
  (await readAudit(database, { limit: 100 })).map(({ who, what, subject }) => [who, what, subject]);

test('a token signs in as the identity it was made for', async () => {
  const { token } = await createToken(database, { name: 'alice', role: 'approver' }, 'root');
  expect(token).toMatch(/^plumb_[0-9a-z]{10}_[\w-]{43}$/);
  expect(await authenticate(database, token)).toEqual({ name: 'alice', role: 'approver' });
});

test('its secret is kept nowhere, neither in the table nor in the audit', async () => {
  const { token } = await createToken(database, { name: 'alice', role: 'viewer' }, 'root');
  const secret = token.split('_').slice(2).join('_');
  const all = await database.query(
    'select (select json_agg(t) from plumbline.tokens t)::text || (select json_agg(a) from plumbline.audit a)::text as text',
    [],
    z.object({ text: z.string() }),
  );
  expect(all[0]?.text).toContain('alice');
  expect(all[0]?.text).not.toContain(secret);
});

test.each<[string, (token: string) => string]>([
  ['nothing', () => ''],
  ['another secret', (token) => token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')],
  ['another id', (token) => token.replace(/_.{10}_/, '_0123456789_')],
  ['something longer', (token) => `${token}x`],
  ['a line more', (token) => `${token}\n`],
  ['SQL', () => "plumb_' or 1=1_"],
])('%s does not sign in', async (_, change) => {
  const { token } = await createToken(database, { name: 'alice', role: 'viewer' }, 'root');
  expect(await authenticate(database, change(token))).toBeNull();
});

test('one that has expired does not sign in, from that very moment', async () => {
  const { token } = await createToken(database, { name: 'alice', role: 'viewer', expiresAt: 2_000 }, 'root', 1_000);
  expect(await authenticate(database, token, 1_999)).not.toBeNull();
  expect(await authenticate(database, token, 2_000)).toBeNull();
});

test('one that was revoked does not sign in, and revoking it again changes and records nothing', async () => {
  const { id, token } = await createToken(database, { name: 'alice', role: 'viewer' }, 'root');
  expect(await revokeToken(database, id, 'bob', 5_000)).toMatchObject({ id, revokedAt: 5_000 });
  expect(await revokeToken(database, id, 'carol', 6_000)).toMatchObject({ id, revokedAt: 5_000 });
  expect(await authenticate(database, token)).toBeNull();
  expect(await audited()).toEqual([
    ['root', 'token.created', id],
    ['bob', 'token.revoked', id],
  ]);
});

test('one that is not there cannot be revoked', async () => {
  await expect(revokeToken(database, 'nope', 'bob')).rejects.toMatchObject({ code: 'not-found' });
});

test('when it was last used is known to the minute', async () => {
  const { token } = await createToken(database, { name: 'alice', role: 'viewer' }, 'root', 0);
  for (const now of [1_000, 2_000, 60_999]) await authenticate(database, token, now);
  expect(await listTokens(database)).toMatchObject([{ name: 'alice', lastUsedAt: 1_000 }]);
  await authenticate(database, token, 61_000);
  expect(await listTokens(database)).toMatchObject([{ lastUsedAt: 61_000 }]);
});

describe('the first tokens', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'plumb-tokens-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));
  const whose = async (file: string) => authenticate(database, (await readFile(file, 'utf8')).trim());

  test('are the person, who may do all, and the pipeline, which may not approve', async () => {
    await makeFirstTokens(database, home, 'alice');
    expect(await whose(tokenPath(home))).toEqual({ name: 'alice', role: 'admin' });
    expect(await whose(pipelineTokenPath(home))).toEqual({ name: 'pipeline', role: 'deployer' });
    for (const file of [tokenPath(home), pipelineTokenPath(home)]) expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('stay the same at the next start', async () => {
    await makeFirstTokens(database, home, 'alice');
    const before = await readFile(tokenPath(home), 'utf8');
    await makeFirstTokens(database, home, 'alice');
    expect(await readFile(tokenPath(home), 'utf8')).toBe(before);
    expect(await listTokens(database)).toHaveLength(2);
  });

  test('are made again when a file was lost, or holds none of this database', async () => {
    await makeFirstTokens(database, home, 'alice');
    await rm(tokenPath(home));
    await writeFile(pipelineTokenPath(home), 'plumb_0123456789_of-another-database');
    await chmod(pipelineTokenPath(home), 0o644);
    await makeFirstTokens(database, home, 'alice');
    expect(await whose(tokenPath(home))).toMatchObject({ name: 'alice' });
    expect(await whose(pipelineTokenPath(home))).toMatchObject({ name: 'pipeline' });
    expect((await stat(pipelineTokenPath(home))).mode & 0o777).toBe(0o600);
  });

  test('stay revoked when they were', async () => {
    await makeFirstTokens(database, home, 'alice');
    for (const { id } of await listTokens(database)) await revokeToken(database, id, 'alice');
    await makeFirstTokens(database, home, 'alice');
    expect(await whose(tokenPath(home))).toBeNull();
  });

  test('a home that cannot be written to is told', async () => {
    await writeFile(path.join(home, 'file'), '');
    await expect(makeFirstTokens(database, path.join(home, 'file'), 'alice')).rejects.toMatchObject({
      code: 'data-unreadable',
      message: expect.stringContaining(path.join(home, 'file')),
    });
  });
});
