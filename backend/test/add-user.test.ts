import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ownDatabase } from './database.ts';
import { ask, startReplica } from './replica.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));

const addUser = (url: string, args: readonly string[], password: string) =>
  spawnSync(process.execPath, ['dist/add-user.js', ...args], {
    cwd: folder,
    env: { DATABASE_URL: url },
    input: password,
    encoding: 'utf8',
  });

test('an added user can log in with the password from standard input', async () => {
  const { url, databaseUrl } = await startReplica();
  const { status, stdout } = addUser(databaseUrl, ['New@Lender.Example', 'lender', 'Nell'], 'a long enough password\n');
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'added new@lender.example, a lender\n' });
  const json = { email: 'new@lender.example', password: 'a long enough password' };
  expect(await ask(url, 'POST', '/api/session', { json })).toMatchObject({
    status: 201,
    body: { user: { name: 'Nell' } },
  });
});

test.each([
  ['a short password', ['new@lender.example', 'lender', 'Nell'], 'short', 'at least 12 characters'],
  ['a role that is not there', ['new@lender.example', 'owner', 'Nell'], 'a long enough password', 'lender'],
  ['a missing name', ['new@lender.example', 'lender'], 'a long enough password', 'usage:'],
  ['the smoke user’s address', ['smoke@connect2.example', 'lender', 'Sam'], 'a long enough password', 'smoke tests'],
  ['an address that is taken', ['lena@lender.example', 'lender', 'Lena'], 'a long enough password', 'is there already'],
])('%s is refused in words', async (_, args, password, words) => {
  const { status, stderr } = addUser(await ownDatabase(), args, password);
  expect(status).toBe(1);
  expect(stderr).toContain(words);
});
