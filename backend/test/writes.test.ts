import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openDatabase } from '../src/database/database.ts';
import { pruneKeys } from '../src/database/once.ts';
import { createLog } from '../src/logging/log.ts';
import { BO, type Client, LENA, logIn, newLoan, projectOf, startReplica } from './replica.ts';

const lend = (client: Client, projectId: string, key: string, json: object = newLoan) =>
  client.ask('POST', `/api/projects/${projectId}/loans`, { json, headers: { 'idempotency-key': key } });

const loansOn = async (client: Client, projectId: string): Promise<{ id: string }[]> =>
  (await client.ask('GET', `/api/projects/${projectId}/loans`)).body.loans;

test('a write that is sent again with its key is done once, and answered the same', async () => {
  const lena = await logIn(await startReplica(), LENA);
  const projectId = await projectOf(lena);
  const before = await loansOn(lena, projectId);
  const key = randomUUID();
  const first = await lend(lena, projectId, key);
  const again = await lend(lena, projectId, key);

  expect(first.status).toBe(201);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect(again.status).toBe(201);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body).toEqual(first.body);
  expect(await loansOn(lena, projectId)).toHaveLength(before.length + 1);
});

test('ten at the same moment, at two replicas, make one', async () => {
  const one = await startReplica();
  const other = await startReplica({ databaseUrl: one.databaseUrl });
  const clients = [await logIn(one, LENA), await logIn(other, LENA)] as const;
  const projectId = await projectOf(clients[0]);
  const before = await loansOn(clients[0], projectId);
  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => clients.map((client) => lend(client, projectId, key))).flat(),
  );

  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(await loansOn(clients[0], projectId)).toHaveLength(before.length + 1);
});

test('without a key every write is one of its own', async () => {
  const lena = await logIn(await startReplica(), LENA);
  const path = `/api/projects/${await projectOf(lena)}/loans`;
  const [first, second] = [
    await lena.ask('POST', path, { json: newLoan }),
    await lena.ask('POST', path, { json: newLoan }),
  ];
  expect(first.body.id).not.toBe(second.body.id);
});

test('a key that comes back with something else is refused', async () => {
  const lena = await logIn(await startReplica(), LENA);
  const projectId = await projectOf(lena);
  const key = randomUUID();
  await lend(lena, projectId, key);
  const { status, body } = await lend(lena, projectId, key, { ...newLoan, termMonths: 6 });
  expect(status).toBe(422);
  expect(body.code).toBe('key-reused');
});

test('a key belongs to its user', async () => {
  const replica = await startReplica();
  const [lena, luis] = [await logIn(replica, LENA), await logIn(replica, 'luis@lender.example')];
  const projectId = await projectOf(lena);
  const key = randomUUID();
  const [hers, his] = [await lend(lena, projectId, key), await lend(luis, projectId, key)];
  expect(his.status).toBe(201);
  expect(his.body.id).not.toBe(hers.body.id);
});

test('a refused write leaves its key free', async () => {
  const lena = await logIn(await startReplica(), LENA);
  const projectId = await projectOf(lena);
  const key = randomUUID();
  expect((await lend(lena, projectId, key, { ...newLoan, amountCents: -1 })).status).toBe(400);
  expect((await lend(lena, projectId, key)).status).toBe(201);
});

test('only lenders lend, and each side finds its loans', async () => {
  const replica = await startReplica();
  const [lena, bo] = [await logIn(replica, LENA), await logIn(replica, BO)];
  const projectId = await projectOf(bo);
  expect((await lend(bo, projectId, randomUUID())).status).toBe(403);
  const made = (await lend(lena, projectId, randomUUID())).body;
  for (const client of [lena, bo]) {
    const { loans } = (await client.ask('GET', '/api/loans')).body;
    expect(loans).toContainEqual(made);
  }
});

test('keys are forgotten after two days, and not before', async () => {
  const replica = await startReplica();
  const lena = await logIn(replica, LENA);
  const projectId = await projectOf(lena);
  for (const key of ['old', 'new']) await lend(lena, projectId, key);
  const log = createLog({ level: 'error', environment: 'test', release: undefined });
  const database = openDatabase(replica.databaseUrl, 1, log);
  await database('idempotency_keys')
    .where('key', 'old')
    .update({ created_at: database.raw("now() - interval '49 hours'") });
  expect(await pruneKeys(database)).toBe(1);
  expect(await database('idempotency_keys').pluck('key')).toEqual(['new']);
  await database.destroy();
});
