import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@plumbline/platform/testing/postgres';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Container, startContainer } from './station/container.ts';
import { type Images, noImagesBecause, type OpenedImage, openImages } from './station/images.ts';
import { eventually } from './station/waiting.ts';

const because = await noImagesBecause();
if (because !== null) process.stderr.write(`containers are not tested: ${because}\n`);

const repository = join(import.meta.dirname, '..');
const commit = '0123456789abcdef0123456789abcdef01234567';
const port = 18_080;

describe.skipIf(because !== null)('images', () => {
  let images: Images;
  let database: TestDatabase;
  let running: Container | undefined;
  beforeAll(async () => {
    images = await openImages(await mkdtemp(join(tmpdir(), 'plumb-images-')));
    database = await testDatabase();
  }, 600_000);
  afterAll(async () => {
    await running?.stop();
    await database?.stop();
    await images?.close();
  }, 120_000);

  const buildPages = () => images.build(join(repository, 'frontend'), commit);
  let firstPages: Promise<string> | undefined;
  const pages = () => {
    firstPages ??= buildPages();
    return firstPages;
  };

  const answerOf = async (path: string) => {
    const { statusCode, body } = await request(`http://127.0.0.1:${port}${path}`);
    return { statusCode, text: await body.text() };
  };
  const holds = (what: string, ask: () => Promise<boolean>) =>
    eventually(what, async () => ((await ask()) ? true : undefined));
  const listening = (path: string, status: number) =>
    holds(`${path} answers ${status}`, async () => (await answerOf(path)).statusCode === status);
  const healthcheck = async (image: OpenedImage, env: Readonly<Record<string, string>>) => {
    const [, ...command] = image.config.Healthcheck.Test.slice(1);
    return (await startContainer(image, { command, env })).ended();
  };

  test('the API: migrates, serves as a user that is not root on a root that is read-only, is traced, and drains', async () => {
    const image = await images.open(await images.build(join(repository, 'backend'), commit));
    expect(image.config).toMatchObject({
      User: '10001:10001',
      StopSignal: 'SIGTERM',
      Labels: { 'org.opencontainers.image.revision': commit },
    });
    expect((await readdir(join(image.root, 'app'))).sort()).toEqual(['dist', 'node_modules', 'package.json']);
    for (const shell of ['bin/sh', 'bin/bash', 'usr/bin/env'])
      await expect(stat(join(image.root, shell))).rejects.toMatchObject({ code: 'ENOENT' });
    const traces = await openTraceAgent();
    const env = {
      PORT: String(port),
      DATABASE_URL: database.url,
      JWT_SECRET: 'x'.repeat(32),
      DOCUMENTS_URL: '/tmp/documents',
      DD_AGENT_HOST: '127.0.0.1',
      DD_TRACE_AGENT_PORT: String(traces.port),
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    };
    const migrate = (what: string) => startContainer(image, { command: ['dist/migrate.js', what], env });
    expect(await (await migrate('status')).ended()).toBe(1);
    expect(await (await migrate('latest')).ended()).toBe(0);
    expect(await (await migrate('status')).ended()).toBe(0);

    running = await startContainer(image, { env });
    await listening('/api/readyz', 200);
    expect(JSON.parse((await answerOf('/api/version')).text)).toMatchObject({ commit });
    expect(await healthcheck(image, env)).toBe(0);
    await holds('a trace, since the tracer is loaded first', async () => traces.requests() > 0);
    expect(await running.stop()).toBe(0);
    expect(await healthcheck(image, env)).toBe(1);
    await traces.close();
    running = undefined;
  }, 600_000);

  test('the root cannot be written to, and nothing runs as root', async () => {
    const image = await images.open(await pages());
    const script = `
      import { writeFileSync } from 'node:fs';
      const tried = (file) => { try { writeFileSync(file, ''); return 'written'; } catch ({ code }) { return code; } };
      console.log(process.pid, process.getuid(), tried('/app/x'), tried('/tmp/x'));`;
    const container = await startContainer(image, { command: ['--input-type=module', '--eval', script] });
    expect(await container.ended()).toBe(0);
    expect(container.output().trim()).toBe('1 10001 EROFS written');
  }, 600_000);

  test('the pages: a second build of the same commit gives the same bytes; it serves and drains', async () => {
    const image = await images.open(await pages());
    expect((await images.open(await buildPages())).layers).toEqual(image.layers);
    expect((await readdir(join(image.root, 'app'))).sort()).toEqual(['dist', 'package.json', 'server.js']);
    const env = { PORT: String(port) };
    running = await startContainer(image, { env });
    await listening('/healthz', 200);
    expect(JSON.parse((await answerOf('/version.json')).text)).toMatchObject({ commit });
    expect(await healthcheck(image, env)).toBe(0);
    expect(await running.stop()).toBe(0);
    running = undefined;
  }, 600_000);
});

/** Takes what the tracer sends, as Datadog's agent does. */
const openTraceAgent = async () => {
  let requests = 0;
  const server = createServer((asked, answer) => {
    if (asked.url?.includes('/traces')) requests += 1;
    asked.resume().on('end', () => answer.end('{"rate_by_service":{}}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // A server that listens on a port has an address of this shape.
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};
