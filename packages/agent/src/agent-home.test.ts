import { existsSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { agentAddress } from '@plumbline/contract/agent';
import { afterEach, expect, test } from 'vitest';
import { eraseHome } from './erase.ts';
import { startAgent, type TestAgent } from './testing/agent.ts';

let agent: TestAgent;
afterEach(() => agent.remove());

const address = () => agentAddress.parse(JSON.parse(readFileSync(path.join(agent.home, 'agent.json'), 'utf8')));
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

test('a home, its socket and its secrets are the owner’s alone', async () => {
  agent = await startAgent();
  await agent.ask('PUT', '/environments/staging/secrets/jwt', { value: 'tell-nobody' });
  expect(modeOf(agent.home)).toBe('700');
  expect(modeOf(address().socket)).toBe('600');
  expect(modeOf(path.join(agent.home, 'secrets', 'staging.json'))).toBe('600');
});

test('a home with a long path has its socket in a short folder, which goes when the agent stops', async () => {
  agent = await startAgent(['--port', '0'], {}, 'a-long-name-'.repeat(12));
  const { socket } = address();
  expect(Buffer.byteLength(socket)).toBeLessThan(100);
  expect(modeOf(path.dirname(socket))).toBe('700');
  await agent.stop();
  expect(existsSync(path.dirname(socket))).toBe(false);
});

test('a home is erased with its databases, wherever they are, but not while its agent runs', async () => {
  agent = await startAgent();
  expect((await agent.ask('PUT', '/databases/control', {})).status).toBe(200);
  const databases = realpathSync(path.join(agent.home, 'databases'));
  await expect(eraseHome(agent.home)).rejects.toMatchObject({ code: 'conflict' });
  expect(existsSync(path.join(databases, 'control'))).toBe(true);
  await agent.stop();
  await eraseHome(agent.home);
  expect([existsSync(agent.home), existsSync(databases)]).toEqual([false, false]);
});

const asRoot = process.getuid?.() === 0;

test.skipIf(!asRoot)(
  'a new home where one was removed by hand puts the databases of that one aside, says so, and starts (as root: their folder is elsewhere)',
  async () => {
    agent = await startAgent();
    expect((await agent.ask('PUT', '/databases/control', {})).status).toBe(200);
    const databases = realpathSync(path.join(agent.home, 'databases'));
    await agent.stop();
    rmSync(agent.home, { recursive: true });
    await agent.start();
    expect((await agent.ask('PUT', '/databases/control', {})).status).toBe(200);
    const [note] = address().notes;
    expect(note).toContain(`were put aside: ${databases}.left-`);
    const aside = note?.match(/aside: (\S+)\./)?.[1] ?? '';
    expect(existsSync(path.join(aside, 'control', 'PG_VERSION'))).toBe(true);
    await agent.stop();
    await eraseHome(agent.home);
    expect(existsSync(aside)).toBe(false);
  },
);
