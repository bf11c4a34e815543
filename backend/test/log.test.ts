import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from '../src/logging/log.ts';
import { redact } from '../src/logging/redact.ts';
import { ask, BO, logIn, startReplica } from './replica.ts';
import { until } from './until.ts';

test('a line is one JSON object that says when, what, where and of which release', () => {
  const out = new PassThrough();
  createLog({ level: 'info', environment: 'staging', release: 'r7', out }).info('drained', { ms: 12 });
  const line = JSON.parse(String(out.read()));
  expect(line).toMatchObject({
    level: 'info',
    message: 'drained',
    service: 'backend',
    environment: 'staging',
    release: 'r7',
    ms: 12,
  });
  expect(Date.parse(line.timestamp)).not.toBeNaN();
});

test('lines below the level are not written', () => {
  const out = new PassThrough();
  createLog({ level: 'warn', environment: 'staging', release: undefined, out }).info('nobody needs this');
  expect(out.read()).toBeNull();
});

test('every line of a request carries its id, which is the caller’s where that looks like one', async () => {
  const replica = await startReplica();
  const given = await ask(replica.url, 'GET', '/api/version', { headers: { 'x-request-id': 'trace-12345678' } });
  const odd = await ask(replica.url, 'GET', '/api/version', { headers: { 'x-request-id': 'a "b" {c}' } });
  expect(given.headers.get('x-request-id')).toBe('trace-12345678');
  expect(odd.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  const ids = () => replica.logged().map(({ requestId }) => requestId);
  await until(
    'both are logged',
    () => ids().includes('trace-12345678') && ids().includes(odd.headers.get('x-request-id')),
  );
});

test('no password, token or address of a person gets into the log', async () => {
  const replica = await startReplica();
  const bo = await logIn(replica, BO);
  await bo.ask('POST', '/api/projects', { json: { name: '', address: 'x', budgetCents: 1 } });
  await until('the requests are logged', () => replica.logged().some(({ status }) => status === 400));
  const text = JSON.stringify(replica.logged());
  for (const secret of ['build-it-well', bo.token, BO, '127.0.0.1']) expect(text).not.toContain(secret);
});

test.each([
  ['a password', { password: 'x' }, { password: '•••' }],
  ['a token at any depth', { headers: { authorization: 'Bearer x' } }, { headers: { authorization: '•••' } }],
  ['an address of somebody', { ip: '10.0.0.1', remoteAddress: '10.0.0.1', ms: 1 }, { ms: 1 }],
  ['credentials in a URL', { url: 'postgres://app:pw@db.example/connect2' }, { url: 'postgres://•••/connect2' }],
  ['what is no secret', { status: 200, route: '/api/me', none: null }, { status: 200, route: '/api/me', none: null }],
  ['a list', { all: [{ secret: 's' }, new Date(0)] }, { all: [{ secret: '•••' }, '1970-01-01T00:00:00.000Z'] }],
])('%s is redacted as it should be', (_what, fields, expected) => {
  expect(redact(fields)).toEqual(expected);
});

test('an error keeps its code and its stack, without credentials and addresses', () => {
  const message = 'no way to redis://:pw@cache: connect ECONNREFUSED 10.1.2.3:6379';
  const { error } = redact({ error: Object.assign(new Error(message), { code: 'ECONNREFUSED' }) });
  expect(error).toMatchObject({
    code: 'ECONNREFUSED',
    message: 'no way to redis://•••: connect ECONNREFUSED •••',
    stack: expect.stringContaining('log.test.ts'),
  });
});
