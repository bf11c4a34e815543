import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../src/sessions/passwords.ts';
import { createTokens } from '../src/sessions/tokens.ts';
import { ask, BO, LENA, logIn, startReplica } from './replica.ts';

test('a user logs in and is known afterwards', async () => {
  const replica = await startReplica();
  const lena = await logIn(replica, 'Lena@Lender.Example');
  const { status, body } = await lena.ask('GET', '/api/me');
  expect(status).toBe(200);
  expect(body).toMatchObject({ email: LENA, role: 'lender' });
});

test('a wrong password and an unknown address get the same answer', async () => {
  const { url } = await startReplica();
  const wrong = await ask(url, 'POST', '/api/session', { json: { email: LENA, password: 'wrong' } });
  const unknown = await ask(url, 'POST', '/api/session', { json: { email: 'no@body.example', password: 'wrong' } });
  expect(wrong.status).toBe(401);
  expect(unknown.body).toEqual(wrong.body);
});

test('after ten failures an address waits, even with the right password, and others do not', async () => {
  const replica = await startReplica();
  const tries = Array.from({ length: 10 }, () =>
    ask(replica.url, 'POST', '/api/session', { json: { email: LENA, password: 'guess' } }),
  );
  await Promise.all(tries);
  const refused = await ask(replica.url, 'POST', '/api/session', { json: { email: LENA, password: 'build-it-well' } });
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('60');
  expect((await (await logIn(replica, BO)).ask('GET', '/api/me')).status).toBe(200);
});

test.each([
  ['none', {}],
  ['one that is not signed by us', { authorization: `Bearer ${await foreignToken()}` }],
  ['one of another scheme', { authorization: 'Basic bGVuYTp4' }],
  ['no token at all', { authorization: 'Bearer abc' }],
])('a token is needed: %s is refused', async (_what, headers) => {
  const { url } = await startReplica();
  const { status, body } = await ask(url, 'GET', '/api/projects', { headers });
  expect(status).toBe(401);
  expect(body.code).toBe('not-signed-in');
});

test('a password is verified against its hash, and the hash does not contain it', async () => {
  const hash = await hashPassword('correct horse');
  expect(hash).not.toContain('correct');
  expect(await verifyPassword('correct horse', hash)).toBe(true);
  expect(await verifyPassword('correct house', hash)).toBe(false);
});

async function foreignToken(): Promise<string> {
  const user = { id: '3f0e0a3e-5f0b-4c2e-8a51-0a3c3d6f7b10', email: LENA, name: 'Lena', role: 'lender' } as const;
  return createTokens('another secret that is long enough').issue(user);
}
