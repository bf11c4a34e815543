import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { readCatalogue } from '../server/catalogue.ts';
import { chooseEncoding } from '../server/encoding.ts';
import { createSite } from '../server/site.ts';

const script = `console.log("${'a long line '.repeat(200)}")`;
const page = `<html><script src="./assets/index-abc.js"></script><link href="./favicon.svg" />`;

test('the page refers to its assets by the release, and they are there for ever', async () => {
  const ask = await startSite({ release: 'r1' });
  const { body } = await ask('/');
  expect(body).toContain('src="/assets/r1/index-abc.js"');
  expect(body).toContain('href="/favicon.svg"');
  const asset = await ask('/assets/r1/index-abc.js');
  expect(asset.body).toBe(script);
  expect(asset.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
});

test('without a release, assets have no prefix', async () => {
  const ask = await startSite({});
  expect((await ask('/')).body).toContain('src="/assets/index-abc.js"');
  expect((await ask('/assets/index-abc.js')).status).toBe(200);
});

test.each([
  ['an asset that is not there', '/assets/r1/index-old.js'],
  ['an asset of another release', '/assets/r0/index-abc.js'],
  ['an asset without its release', '/assets/index-abc.js'],
  ['a file that is not there', '/robots.txt'],
  ['what belongs to the API', '/api/projects'],
  ['the server’s own code', '/server/main.js'],
  ['what the build wrote for the server', '/build.json'],
  ['a way out of the folder', '/../secret.txt'],
  ['a hidden way out of the folder', '/assets/r1/..%2f..%2fsecret.txt'],
])('%s is missing, and never the page', async (_what, path) => {
  const ask = await startSite({ release: 'r1' });
  const { status, body, headers } = await ask(path);
  expect(status).toBe(404);
  expect(body).not.toContain('<html>');
  expect(headers['cache-control']).toBe('no-store');
});

test.each(['/', '/projects/1', '/projects/1?tab=2', '/index.html'])(
  '%s is the page, asked about each time',
  async (path) => {
    const ask = await startSite({ release: 'r1' });
    const { status, body, headers } = await ask(path);
    expect(status).toBe(200);
    expect(body).toContain('<html>');
    expect(headers['cache-control']).toBe('no-cache');
  },
);

test('who has the page already is told that it is the same, until the release is another', async () => {
  const ask = await startSite({ release: 'r1' });
  const { headers } = await ask('/');
  const tag = { 'if-none-match': String(headers.etag) };
  expect((await ask('/', { headers: tag })).status).toBe(304);
  const next = await startSite({ release: 'r2' });
  expect((await next('/', { headers: tag })).status).toBe(200);
});

test.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('a text is sent as %s to who takes it, with a tag of its own', async (encoding, decompress) => {
  const ask = await startSite({ release: 'r1' });
  const plain = await ask('/assets/r1/index-abc.js');
  const packed = await ask('/assets/r1/index-abc.js', { headers: { 'accept-encoding': encoding } });
  expect(packed.headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
  expect(String(decompress(packed.bytes))).toBe(script);
  expect(packed.bytes.length).toBeLessThan(plain.bytes.length);
  expect(packed.headers.etag).not.toBe(plain.headers.etag);
});

test.each([
  [undefined, 'identity'],
  ['gzip, deflate, br', 'br'],
  ['gzip;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['deflate', 'identity'],
])('of %s, %s is chosen', (accepted, chosen) => {
  expect(chooseEncoding(accepted, ['br', 'gzip', 'identity'])).toBe(chosen);
});

test('version and settings are told as they are now, and kept by nobody', async () => {
  const ask = await startSite({ release: 'r1' });
  const { body, headers } = await ask('/version.json');
  expect(JSON.parse(body)).toEqual({ version: '2.0.0', commit: null, release: 'r1', stamp: null });
  expect(headers['cache-control']).toBe('no-store');
  expect(JSON.parse((await ask('/settings.json')).body)).toEqual({ environment: 'test' });
});

test('health is good until the process drains; then connections are closed as well', async () => {
  let isDraining = false;
  const ask = await startSite({ isDraining: () => isDraining });
  expect((await ask('/healthz')).status).toBe(200);
  isDraining = true;
  const { status, headers } = await ask('/healthz');
  expect(status).toBe(503);
  expect(headers.connection).toBe('close');
  expect((await ask('/')).status).toBe(200);
});

test('scripts come from here alone, and nobody may frame the page', async () => {
  const ask = await startSite({});
  const policy = String((await ask('/')).headers['content-security-policy']);
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
});

test('HEAD tells the size without the bytes, and other methods are refused', async () => {
  const ask = await startSite({});
  const head = await ask('/', { method: 'HEAD' });
  expect(head.bytes.length).toBe(0);
  expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
  expect((await ask('/', { method: 'POST' })).status).toBe(405);
});

test('a folder that was not built is said to be one', async () => {
  const site = createSite({
    catalogue: new Map(),
    release: undefined,
    version: {},
    settings: {},
    isDraining: () => false,
  });
  await expect(site).rejects.toThrow('run npm run build first');
});

interface Wanted {
  readonly release?: string;
  readonly isDraining?: () => boolean;
}

async function startSite({ release, isDraining = () => false }: Wanted) {
  const version = { version: '2.0.0', commit: null, release: release ?? null, stamp: null };
  const catalogue = readCatalogue(builtFolder());
  const settings = { environment: 'test' };
  const server = createServer(await createSite({ catalogue, release, version, settings, isDraining })).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // listen on a TCP port gives an address with a port.
  const { port } = server.address() as AddressInfo;
  return (path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
    askFor(port, path, options);
}

// Not fetch: it resolves ".." by itself, and decodes what was encoded.
async function askFor(port: number, path: string, options: { method?: string; headers?: Record<string, string> }) {
  const request = get({ host: '127.0.0.1', port, path, ...options });
  const [response] = await once(request, 'response');
  const bytes: Buffer = await buffer(response);
  const headers: IncomingHttpHeaders = response.headers;
  return { status: response.statusCode, headers, bytes, body: String(bytes) };
}

function builtFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'connect2-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dist = join(folder, 'dist');
  for (const name of ['assets', 'server']) mkdirSync(join(dist, name), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(dist, 'index.html'), page);
  writeFileSync(join(dist, 'favicon.svg'), '<svg/>');
  writeFileSync(join(dist, 'build.json'), '{}');
  writeFileSync(join(dist, 'server/main.js'), '');
  writeFileSync(join(dist, 'assets/index-abc.js'), script);
  return dist;
}
