import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import { BEA, BO, type Client, LENA, logIn, projectOf, type Replica, startReplica } from './replica.ts';
import { until } from './until.ts';

const upload = (client: Client, projectId: string, body: Uint8Array, headers: Record<string, string> = {}) =>
  client.ask('POST', `/api/projects/${projectId}/documents?name=site%20plan.pdf`, {
    body,
    headers: { 'content-type': 'application/pdf', ...headers },
  });

test('a document comes back as it was uploaded, and is told of', async () => {
  const replica = await startReplica();
  const [lena, bo] = [await logIn(replica, LENA), await logIn(replica, BO)];
  const projectId = await projectOf(bo);
  const bytes = randomBytes(1_000_000);
  const { status, body } = await upload(bo, projectId, bytes);
  expect(status).toBe(201);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(body).toMatchObject({ name: 'site plan.pdf', mediaType: 'application/pdf', sizeBytes: 1_000_000, sha256 });

  const content = await fetch(`${replica.url}/api/documents/${body.id}/content`, {
    headers: { authorization: `Bearer ${lena.token}` },
  });
  expect(content.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''site%20plan.pdf");
  expect(Buffer.compare(Buffer.from(await content.arrayBuffer()), bytes)).toBe(0);
  expect((await lena.ask('GET', `/api/projects/${projectId}/documents`)).body.documents).toEqual([body]);
  const [newest] = (await bo.ask('GET', '/api/activity')).body.activity;
  expect(newest).toMatchObject({ entityType: 'document', entityId: body.id, summary: 'uploaded “site plan.pdf”' });
});

test('an upload that is sent again with its key is one document, and one file', async () => {
  const replica = await startReplica();
  const bo = await logIn(replica, BO);
  const projectId = await projectOf(bo);
  const key = { 'idempotency-key': randomUUID() };
  const first = await upload(bo, projectId, Buffer.from('plan'), key);
  const again = await upload(bo, projectId, Buffer.from('plan'), key);
  expect(again.body).toEqual(first.body);
  expect((await bo.ask('GET', `/api/projects/${projectId}/documents`)).body.documents).toHaveLength(1);
  expect(await readdir(`${replica.documentsFolder}/${projectId}`)).toHaveLength(1);
});

test('another content under the same key is refused and not kept', async () => {
  const replica = await startReplica();
  const bo = await logIn(replica, BO);
  const projectId = await projectOf(bo);
  const key = { 'idempotency-key': randomUUID() };
  await upload(bo, projectId, Buffer.from('plan'), key);
  expect((await upload(bo, projectId, Buffer.from('plot'), key)).status).toBe(422);
  expect(await readdir(`${replica.documentsFolder}/${projectId}`)).toHaveLength(1);
});

test('a document of a project that is not theirs is hidden from a builder', async () => {
  const replica = await startReplica();
  const [bo, bea] = [await logIn(replica, BO), await logIn(replica, BEA)];
  const { body } = await upload(bo, await projectOf(bo), Buffer.from('plan'));
  expect((await bea.ask('GET', `/api/documents/${body.id}/content`)).status).toBe(404);
  expect((await bea.ask('GET', `/api/documents/${randomUUID()}/content`)).status).toBe(404);
});

test('a document whose bytes are gone is a failure of ours, logged and not explained to the world', async () => {
  const replica = await startReplica();
  const bo = await logIn(replica, BO);
  const { body } = await upload(bo, await projectOf(bo), Buffer.from('plan'));
  await rm(replica.documentsFolder, { recursive: true });
  const answered = await bo.ask('GET', `/api/documents/${body.id}/content`);
  expect(answered.status).toBe(500);
  expect(JSON.stringify(answered.body)).not.toContain(replica.documentsFolder);
  const failures = () => replica.logged().filter(({ message }) => message === 'request failed');
  await until('the failure is logged', () => failures().length === 1);
  expect(failures()[0]).toMatchObject({ level: 'error', error: { code: 'ENOENT' } });
});

test.each([
  ['a document that is too large', { 'content-length': String(26 * 1024 * 1024) }, 413],
  ['a document of unknown size', { 'transfer-encoding': 'chunked' }, 411],
  ['an empty document', { 'content-length': '0' }, 400],
])('%s is refused before it is read', async (_what, headers, status) => {
  const replica = await startReplica();
  const bo = await logIn(replica, BO);
  const { answered } = rawUpload(replica, bo, await projectOf(bo), headers);
  expect(await answered).toBe(status);
});

test('an upload that breaks off leaves nothing', async () => {
  const replica = await startReplica();
  const bo = await logIn(replica, BO);
  const projectId = await projectOf(bo);
  const { sent, answered } = rawUpload(replica, bo, projectId, { 'content-length': '1000000' });
  sent.write(randomBytes(100_000));
  await until('the store has begun', () => filesOf(replica, projectId).then((files) => files.length === 1));
  sent.destroy();
  await expect(answered).rejects.toThrow();
  await until('the store is empty', () => filesOf(replica, projectId).then((files) => files.length === 0));
  expect((await bo.ask('GET', `/api/projects/${projectId}/documents`)).body.documents).toEqual([]);
});

const filesOf = ({ documentsFolder }: Replica, projectId: string) =>
  readdir(`${documentsFolder}/${projectId}`).catch((): string[] => []);

function rawUpload(replica: Replica, client: Client, projectId: string, headers: Record<string, string>) {
  const sent = httpRequest(`${replica.url}/api/projects/${projectId}/documents?name=x`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.token}`, ...headers },
  });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
      sent.destroy();
    });
  });
  sent.flushHeaders();
  if (headers['content-length'] === '0') sent.end();
  return { sent, answered };
}
