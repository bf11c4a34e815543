import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { bucketStore } from '../src/documents/bucket.ts';
import { openDocumentStore } from '../src/documents/open-store.ts';
import type { DocumentStore } from '../src/documents/store.ts';
import { startFakeS3 } from './fake-s3.ts';

const never = new AbortController().signal;

/** What every store must do, whatever keeps the bytes. */
const stores: Record<string, () => Promise<DocumentStore>> = {
  'a folder': async () => openDocumentStore(await ownFolder()),
  'a folder by address': async () => openDocumentStore(`file://${await ownFolder()}`),
  'a bucket': async () => (await ownBucket()).store,
};

describe.each(Object.entries(stores))('%s', (_kind, open) => {
  test('gives back the bytes it was given', async () => {
    const store = await open();
    const bytes = randomBytes(300_000);
    await store.put(
      'project/plan',
      Readable.from([bytes.subarray(0, 1_000), bytes.subarray(1_000)]),
      bytes.length,
      never,
    );
    expect(Buffer.compare(await buffer(await store.get('project/plan')), bytes)).toBe(0);
  });

  test('has nothing under a name that was removed, and removing twice is fine', async () => {
    const store = await open();
    await store.put('project/plan', Readable.from([Buffer.from('x')]), 1, never);
    await store.remove('project/plan');
    await store.remove('project/plan');
    await expect(store.get('project/plan')).rejects.toThrow();
  });

  test('keeps nothing of a body that breaks off', async () => {
    const store = await open();
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('first half');
        throw new Error('the client went away');
      })(),
    );
    await expect(store.put('project/half', broken, 20, never)).rejects.toThrow();
    await expect(store.get('project/half')).rejects.toThrow();
  });

  test('is reachable', async () => {
    const store = await open();
    expect(await store.isReachable()).toBe(true);
  });
});

test('a folder store leaves no unfinished file behind', async () => {
  const folder = await ownFolder();
  const store = await openDocumentStore(folder);
  const endless = new Readable({ read: () => undefined });
  endless.push('some');
  await expect(store.put('project/slow', endless, 100, AbortSignal.timeout(50))).rejects.toThrow(/abort/i);
  expect(await readdir(join(folder, 'project'))).toEqual([]);
});

test('a folder store keeps no empty folder, and one that goes just now keeps nobody from writing', async () => {
  const folder = await ownFolder();
  const store = await openDocumentStore(folder);
  const writeAndRemove = async (name: string) => {
    await store.put(name, Readable.from([Buffer.from('x')]), 1, new AbortController().signal);
    await store.remove(name);
  };
  await Promise.all(Array.from({ length: 100 }, (_, nth) => writeAndRemove(`project/${nth}`)));
  expect(await readdir(folder)).toEqual([]);
});

test('a folder that is no folder is not reachable', async () => {
  const folder = await ownFolder();
  await writeFile(join(folder, 'file'), '');
  const store = await openDocumentStore(join(folder, 'file'));
  expect(await store.isReachable()).toBe(false);
});

test('a bucket keeps its objects below the prefix of its address, and is unreachable when its server is', async () => {
  const { store, s3 } = await ownBucket();
  await store.put('project/plan', Readable.from([Buffer.from('x')]), 1, never);
  expect([...s3.objects.keys()]).toEqual(['/uploads.example/connect2/project/plan']);
  await s3.close();
  expect(await store.isReachable()).toBe(false);
});

test('an address of another kind is refused by name', async () => {
  await expect(openDocumentStore('ftp://documents')).rejects.toThrow('DOCUMENTS_URL is wrong');
});

async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'connect2-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function ownBucket() {
  const s3 = await startFakeS3();
  vi.stubEnv('AWS_ENDPOINT_URL', s3.endpoint);
  vi.stubEnv('AWS_REGION', 'us-west-2');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  onTestFinished(() => void vi.unstubAllEnvs());
  return { s3, store: bucketStore(new URL('s3://uploads.example/connect2')) };
}
