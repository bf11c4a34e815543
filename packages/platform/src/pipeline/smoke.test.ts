import { createServer, type RequestListener } from 'node:http';
import { releaseId } from '@plumbline/contract/names';
import { releasedService, smokeStep } from '@plumbline/contract/release';
import { afterEach, describe, expect, test } from 'vitest';
import { Secret } from '../kernel/secret.ts';
import { type SmokeTest, smoke } from './smoke.ts';

const release = releaseId.parse('r-000000000001');
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** An environment's address by name, which no resolver knows. */
const serve = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://candidate.production.localhost:${address.port}`;
};

const step = (given: object) => smokeStep.parse({ method: 'GET', path: '/', expect: 200, ...given });

const service = (version: { path: string; field: string } | null) =>
  releasedService.parse({
    name: 'web',
    alias: null,
    artefact: `sha256:${'0'.repeat(64)}`,
    start: ['x'],
    route: '/',
    health: '/',
    liveness: null,
    assets: null,
    version,
    variables: {},
    startWithinMs: 1,
    drainWithinMs: 1,
  });

const run = (
  address: string,
  steps: readonly ReturnType<typeof step>[],
  version: { path: string; field: string } | null = null,
  given: Partial<SmokeTest> = {},
) =>
  smoke(
    { address, release, services: [service(version)], steps, secrets: new Map(), withinMs: 10_000, ...given },
    new AbortController().signal,
  );

describe('a smoke test', () => {
  test('dials this machine and gives the name in the Host header', async () => {
    let host: string | undefined;
    const address = await serve((request, response) => {
      host = request.headers.host;
      response.end('ok');
    });
    expect(await run(address, [step({ contains: 'ok' })])).toEqual({ kind: 'passed' });
    expect(host).toBe(new URL(address).host);
  });

  test('carries what one step captured into the next', async () => {
    const seen: string[] = [];
    const address = await serve((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ session: { token: 't-1' } }));
    });
    const steps = [
      step({ method: 'POST', path: '/log-in', body: { user: 'x' }, capture: { token: 'session.token' } }),
      step({ path: '/me', headers: { authorization: 'Bearer {{token}}' } }),
    ];
    expect(await run(address, steps)).toEqual({ kind: 'passed' });
    expect(seen).toEqual(['POST /log-in', 'GET /me Bearer t-1']);
  });

  test.each([
    ['another status', 500, 'oh no', step({}), 'GET /: answered 500, not 200: oh no'],
    [
      'a text that lacks what it must have',
      200,
      'x',
      step({ contains: 'Connect' }),
      'GET /: the answer does not contain "Connect": x',
    ],
    [
      'an answer without what is to be kept',
      200,
      '{}',
      step({ capture: { id: 'a.b' } }),
      'GET /: the answer has no "a.b" to keep as id',
    ],
  ])('fails on %s', async (_, status, body, asked, because) => {
    const address = await serve((_request, response) => response.writeHead(status).end(body));
    expect(await run(address, [asked])).toEqual({ kind: 'failed', because: `smoke test: ${because}` });
  });

  test('sends a secret of the environment where a step names it, and never tells it', async () => {
    let body = '';
    const address = await serve(async (request, response) => {
      for await (const chunk of request) body += chunk;
      response.writeHead(401).end('who are you');
    });
    const logIn = step({ method: 'POST', path: '/log-in', body: { password: '{{secret:smoke}}' } });
    const secrets = new Map([['smoke', new Secret('a "quoted" word')]]);
    const outcome = await run(address, [logIn], null, { secrets });
    expect(JSON.parse(body)).toEqual({ password: 'a "quoted" word' });
    expect(outcome).toEqual({
      kind: 'failed',
      because: 'smoke test: POST /log-in: answered 401, not 200: who are you',
    });
  });

  test('fails before it sends anything when a secret that a step names is not set', async () => {
    let asked = 0;
    const address = await serve((_, response) => {
      asked++;
      response.end();
    });
    const outcome = await run(address, [step({ headers: { authorization: 'Bearer {{secret:robot}}' } })]);
    expect(outcome).toEqual({
      kind: 'failed',
      because: 'smoke test: GET /: the secret robot is not set in this environment',
    });
    expect(asked).toBe(0);
  });

  test('fails when its steps together take longer than the environment gives them', async () => {
    const address = await serve(() => undefined);
    const outcome = await run(address, [step({}), step({ path: '/next' })], null, { withinMs: 100 });
    expect(outcome).toMatchObject({ kind: 'failed', because: expect.stringContaining('GET /: ') });
  });

  test.each([502, 503, 504])('asks again for a read that %i kept from its service', async (status) => {
    let asked = 0;
    const address = await serve((_, response) => response.writeHead(++asked < 3 ? status : 200).end('ok'));
    expect(await run(address, [step({})])).toEqual({ kind: 'passed' });
    expect(asked).toBe(3);
  });

  test('never sends a write twice', async () => {
    let asked = 0;
    const address = await serve((_, response) => {
      asked++;
      response.writeHead(503).end('not now');
    });
    expect(await run(address, [step({ method: 'POST' })])).toMatchObject({ kind: 'failed' });
    expect(asked).toBe(1);
  });

  test('fails with the reason when nobody answers', async () => {
    const outcome = await run('http://production.localhost:1', [step({})], null, { withinMs: 600 });
    expect(outcome).toMatchObject({ kind: 'failed', because: expect.stringContaining('ECONNREFUSED') });
  });

  test('fails when a service serves another release than the one that was delivered', async () => {
    const address = await serve((_request, response) => response.end(JSON.stringify({ release: 'r-999999999999' })));
    const outcome = await run(address, [], { path: '/api/version', field: 'release' });
    expect(outcome).toEqual({
      kind: 'failed',
      because: 'smoke test: GET /api/version: serves version r-999999999999, not r-000000000001',
    });
  });
});
