import pg from 'pg';
import { expect, test } from 'vitest';
import { ownDatabase } from './database.ts';
import { ask, startReplica } from './replica.ts';
import { severableWayTo } from './severable.ts';
import { until } from './until.ts';

test('health tells the state of everything, and that the cache is off where there is no Redis', async () => {
  const { url } = await startReplica();
  const { status, body } = await ask(url, 'GET', '/api/health');
  expect(status).toBe(200);
  expect(body).toEqual({ status: 'ok', database: 'up', cache: 'off', documents: 'up' });
});

test('the version is told without a log-in', async () => {
  const { url } = await startReplica();
  const { body } = await ask(url, 'GET', '/api/version');
  expect(body).toEqual({ version: '2.0.0', commit: null, release: 'r1', stamp: null });
});

test('a lost database makes a replica unready, not dead, and it recovers by itself', async () => {
  const way = await severableWayTo(await ownDatabase());
  const { url } = await startReplica({ databaseUrl: way.url });
  const statusOf = async (path: string) => (await ask(url, 'GET', path)).status;
  expect(await statusOf('/api/readyz')).toBe(200);

  await way.cut();
  await until('it is unready', async () => (await statusOf('/api/readyz')) === 503);
  expect(await statusOf('/api/livez')).toBe(200);
  expect((await ask(url, 'GET', '/api/health')).body).toMatchObject({ status: 'down', database: 'down' });
  const logIn = { email: 'lena@lender.example', password: 'whatever' };
  const refused = await ask(url, 'POST', '/api/session', { json: logIn });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');

  await way.mend();
  await until('it is ready again', async () => (await statusOf('/api/readyz')) === 200);
  expect((await ask(url, 'POST', '/api/session', { json: logIn })).status).toBe(401);
});

test('a pool that is all busy does not make a replica unready', async () => {
  const databaseUrl = await ownDatabase();
  const { url, close } = await startReplica({ databaseUrl, poolMax: 1 });
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  await holder.query('begin; lock table users');
  const waiting = ask(url, 'POST', '/api/session', { json: { email: 'a@b.example', password: 'x' } });
  const turned = ask(url, 'POST', '/api/session', { json: { email: 'c@d.example', password: 'x' } });
  expect((await ask(url, 'GET', '/api/readyz')).status).toBe(200);
  expect((await turned).body.detail).toContain('busy');
  await holder.query('rollback');
  await holder.end();
  expect((await waiting).status).toBe(401);
  await close();
});

test('a draining replica is unready, and closes the connections that it still answers on', async () => {
  const { url, draining } = await startReplica();
  draining.begin();
  const { status, headers } = await ask(url, 'GET', '/api/readyz');
  expect(status).toBe(503);
  expect(headers.get('connection')).toBe('close');
});

test('an unknown address is answered with a problem', async () => {
  const { url } = await startReplica();
  const missing = await ask(url, 'GET', '/api/nothing');
  expect(missing.headers.get('content-type')).toContain('application/problem+json');
  expect(missing.body).toMatchObject({ status: 404, code: 'no-such-route' });
});
