import { Failure } from '@plumbline/contract/failure';
import { type Role, roles } from '@plumbline/contract/identity';
import { problemSchema } from '@plumbline/contract/problem';
import { type Route, routes } from '@plumbline/contract/routes';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createServer } from './app.ts';
import { createMemoryPlatform, type MemoryPlatform } from './testing/memory-platform.ts';
import { until } from './testing/memory-world.ts';

let platform: MemoryPlatform;
let app: FastifyInstance;

beforeEach(async () => {
  platform = createMemoryPlatform();
  app = await createServer(platform, { checkReplies: true, failedSignInsPerMinute: 3 });
});

afterEach(async () => {
  await app.close();
  await platform.close();
});

const as = (role: Role) => ({ authorization: `Bearer ${platform.tokenOf[role]}` });

/** Ships as the deployer and waits until production asks for an approval. */
const shipped = async (): Promise<void> => {
  const answer = await app.inject({ method: 'POST', url: '/api/climbs', headers: as('deployer'), payload: {} });
  expect(answer.statusCode).toBe(200);
  const waits = () => [...platform.world.deliveries.values()].some(({ state }) => state === 'awaiting-approval');
  expect(await until(platform.world, waits, AbortSignal.timeout(10_000))).toBe(true);
};

/** A call of each route that succeeds after `shipped` for those who may. */
const calls = (): Record<keyof typeof routes, { url: string; payload?: object }> => {
  const [release] = platform.world.releases.keys();
  return {
    health: { url: '/api/health' },
    whoami: { url: '/api/whoami' },
    status: { url: '/api/status' },
    events: { url: '/api/events?after=0' },
    ship: { url: '/api/climbs', payload: {} },
    climbs: { url: '/api/climbs' },
    climb: { url: '/api/climbs/c-1' },
    deliver: { url: '/api/deliveries', payload: { environment: 'development' } },
    plan: { url: '/api/plans', payload: { environment: 'production' } },
    deliveries: { url: '/api/deliveries?environment=production' },
    delivery: { url: '/api/deliveries/d-1' },
    approve: {
      url: '/api/deliveries/d-3/approval',
      payload: { planHash: [...platform.world.deliveries.values()].at(-1)?.planHash },
    },
    proceed: { url: '/api/deliveries/d-3/proceed', payload: {} },
    abort: { url: '/api/deliveries/d-1/abort', payload: {} },
    rollBack: { url: '/api/environments/development/rollback', payload: { release } },
    migrations: { url: '/api/environments/production/migrations' },
    migrate: { url: '/api/environments/development/migrations', payload: {} },
    migrateDown: { url: '/api/environments/development/migrations/down', payload: { reason: 'it was wrong' } },
    freezes: { url: '/api/freezes?environment=production' },
    freeze: { url: '/api/freezes', payload: { until: Date.now() + 60_000, reason: 'an audit' } },
    unfreeze: { url: '/api/freezes/end', payload: { environment: 'production' } },
    releases: { url: '/api/releases?limit=1' },
    release: { url: `/api/releases/${release}` },
    diff: { url: `/api/releases/${release}/diff/${release}` },
    logs: { url: '/api/environments/production/logs' },
    database: { url: '/api/environments/production/database' },
    secrets: { url: '/api/environments/production/secrets' },
    setSecret: { url: '/api/environments/production/secrets/jwt', payload: { value: 'hidden' } },
    notifications: { url: '/api/notifications' },
    testNotifier: { url: '/api/notifications/test', payload: {} },
    tokens: { url: '/api/tokens' },
    createToken: { url: '/api/tokens', payload: { name: 'bo', role: 'viewer' } },
    revokeToken: { url: '/api/tokens/t-1' },
    audit: { url: '/api/audit' },
    auditVerification: { url: '/api/audit/verification' },
  };
};

// Object.entries forgets that the keys are the table's own.
describe.each(Object.entries(routes) as [keyof typeof routes, Route][])('%s', (name, route) => {
  test.each(roles)('answers or refuses a %s as the table says', async (role) => {
    await shipped();
    const call = { method: route.method, ...calls()[name], headers: as(role) };
    // A stream of progress has no end of its own, so it is cut.
    const cut = name === 'events' ? setTimeout(() => void app.close(), 100) : undefined;
    const answer = await app.inject(call);
    clearTimeout(cut);
    const may = route.roles === 'anyone' || route.roles.includes(role);
    expect({ status: answer.statusCode, body: may || answer.json().type }).toEqual(
      may ? { status: 200, body: true } : { status: 403, body: 'not-allowed' },
    );
  });

  test('asks for a token where it needs one', async () => {
    const answer = await app.inject({ method: route.method, url: route.path });
    expect(answer.statusCode).toBe(route.roles === 'anyone' ? 200 : 401);
  });
});

describe('a call that is wrong', () => {
  test('is refused with the field that is wrong', async () => {
    const payload = { environment: 'production', relase: 'r-1' };
    const answer = await app.inject({ method: 'POST', url: '/api/deliveries', headers: as('admin'), payload });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const problem = problemSchema.parse(answer.json());
    expect(problem).toMatchObject({ type: 'bad-input', status: 400, title: 'Bad input' });
    expect(problem.detail).toContain('relase');
  });

  test('is refused when it is no JSON', async () => {
    const headers = { ...as('admin'), 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url: '/api/climbs', headers, payload: '{' });
    expect(problemSchema.parse(answer.json())).toMatchObject({ type: 'bad-input', status: 400 });
  });

  test('is refused when it is too large', async () => {
    const payload = { value: 'x'.repeat(300_000) };
    const url = '/api/environments/production/secrets/jwt';
    const answer = await app.inject({ method: 'PUT', url, headers: as('admin'), payload });
    expect(answer.statusCode).toBe(413);
  });

  test('to no route says where the routes are listed', async () => {
    const answer = await app.inject({ url: '/api/nothing' });
    expect(answer.json()).toMatchObject({
      type: 'not-found',
      status: 404,
      hint: 'GET /openapi.json lists every route',
    });
  });
});

test('a failure of the platform keeps its words, code and hint', async () => {
  const answer = await app.inject({ url: '/api/environments/nowhere/secrets', headers: as('viewer') });
  expect(answer.json()).toMatchObject({
    type: 'not-found',
    detail: 'there is no environment nowhere',
    hint: 'the path is development, staging, production',
  });
});

test('an error that nobody foresaw hides its message and names the request', async () => {
  const status = () => Promise.reject(new Error('password is swordfish'));
  const broken = await createServer({ ...platform, status });
  const answer = await broken.inject({ url: '/api/status', headers: as('viewer') });
  await broken.close();
  const problem = problemSchema.parse(answer.json());
  expect(problem).toMatchObject({ type: 'bug', status: 500 });
  expect(problem.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.body).not.toContain('swordfish');
});

test('a reply that breaks the contract is found when replies are checked', async () => {
  // The wrong reply is the point of the test.
  const whoami = async () => ({ name: 'ada' }) as never;
  const broken = await createServer({ ...platform, whoami }, { checkReplies: true });
  const answer = await broken.inject({ url: '/api/whoami', headers: as('viewer') });
  await broken.close();
  expect(answer.statusCode).toBe(500);
});

test('the same idempotency key answers what the first call answered', async () => {
  const headers = { ...as('deployer'), 'idempotency-key': 'k-1' };
  const payload = { stamp: 'a', again: true };
  const first = await app.inject({ method: 'POST', url: '/api/climbs', headers, payload });
  const second = await app.inject({ method: 'POST', url: '/api/climbs', headers, payload });
  expect(second.json().id).toBe(first.json().id);
  const other = await app.inject({ method: 'POST', url: '/api/climbs', headers: as('deployer'), payload });
  expect(other.json().id).not.toBe(first.json().id);
});

test('an idempotency key with spaces is refused', async () => {
  const headers = { ...as('deployer'), 'idempotency-key': 'a b' };
  const answer = await app.inject({ method: 'POST', url: '/api/climbs', headers, payload: {} });
  expect(answer.statusCode).toBe(400);
});

describe('sign-in', () => {
  const withToken = (token: string) =>
    app.inject({ url: '/api/whoami', headers: { authorization: `Bearer ${token}` } });

  test('that fails too often has to wait, while a good token goes on', async () => {
    for (let attempt = 0; attempt < 3; attempt++) expect((await withToken('wrong')).statusCode).toBe(401);
    const refused = await withToken('wrong');
    expect(refused.json()).toMatchObject({ type: 'too-many-requests', status: 429 });
    expect((await withToken(platform.tokenOf.viewer)).json()).toEqual({ name: 'viewer', role: 'viewer' });
  });

  test('with a revoked token fails', async () => {
    await app.inject({ method: 'DELETE', url: '/api/tokens/t-1', headers: as('admin') });
    expect((await withToken(platform.tokenOf.viewer)).statusCode).toBe(401);
  });
});

describe('a browser', () => {
  const from = (headers: Record<string, string>) => app.inject({ url: '/api/health', headers });

  test.each([
    ['a name that was rebound to this machine', { host: 'evil.example:4600' }],
    ['a page of another origin', { host: 'localhost:4600', origin: 'http://localhost:8080' }],
    ['a sandboxed page', { host: 'localhost:4600', origin: 'null' }],
    ['another site', { host: 'localhost:4600', 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { host: 'localhost:4600', 'sec-fetch-site': 'same-site' }],
  ])('is refused from %s', async (_words, headers) => {
    expect((await from(headers)).json()).toMatchObject({ type: 'not-allowed', status: 403 });
  });

  test.each([
    ['its own page', { host: 'localhost:4600', origin: 'http://localhost:4600', 'sec-fetch-site': 'same-origin' }],
    ['the address bar', { host: '127.0.0.1:4600', 'sec-fetch-site': 'none' }],
    ['IPv6', { host: '[::1]:4600' }],
  ])('is answered from %s', async (_words, headers) => {
    expect((await from(headers)).statusCode).toBe(200);
  });

  test('gets headers that keep it careful', async () => {
    const { headers } = await from({});
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' });
  });
});

test('a configured host name is answered', async () => {
  const named = await createServer(platform, { hosts: ['plumb.example.com'] });
  const answer = await named.inject({ url: '/api/health', headers: { host: 'plumb.example.com' } });
  await named.close();
  expect(answer.statusCode).toBe(200);
});

test('a failure that the platform throws as busy becomes 409', async () => {
  const deliver = () => Promise.reject(new Failure('busy', 'production is held by d-3'));
  const busy = await createServer({ ...platform, deliver });
  const payload = { environment: 'production' };
  const answer = await busy.inject({ method: 'POST', url: '/api/deliveries', headers: as('admin'), payload });
  await busy.close();
  expect(answer.statusCode).toBe(409);
});
