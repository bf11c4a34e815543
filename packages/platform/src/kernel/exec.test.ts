import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { commandFailed, type ExecOptions, exec } from './exec.ts';
import { waitFor } from './wait.ts';

const node = process.execPath;
const run = (script: string, options: Partial<ExecOptions> = {}, ...args: string[]) =>
  exec(node, ['-e', script, ...args], { cwd: tmpdir(), env: {}, ...options });

test('it answers the code, the time, and the last lines of both streams', async () => {
  const ended = await run(`console.log('out'); console.error('err'); process.exitCode = 3`);
  expect(ended).toMatchObject({ code: 3, signal: null, stopped: null });
  expect(ended.tail.toSorted()).toEqual(['err', 'out']);
  expect(ended.ms).toBeGreaterThan(0);
});

test('arguments reach the program as they are, whatever a shell would make of them', async () => {
  const tricky = ['a b', '$HOME', '; exit 9', '"\'`', '*', ''];
  const ended = await run('console.log(JSON.stringify(process.argv.slice(1)))', {}, ...tricky);
  expect(JSON.parse(ended.tail[0] ?? '')).toEqual(tricky);
});

test('the program gets the variables that were given, and no other', async () => {
  const ended = await run('console.log(JSON.stringify(process.env))', { env: { ONLY: 'this' } });
  expect(JSON.parse(ended.tail[0] ?? '')).toEqual({ ONLY: 'this' });
});

test('it reads what it is given on standard input, and sees its end', async () => {
  const ended = await run(`process.stdin.on('data', (d) => process.stdout.write(d))`, { stdin: 'a\nb' });
  expect(ended.tail).toEqual(['a', 'b']);
});

test('lines are told as they come, whole, and memory stays bounded', async () => {
  const lines: string[] = [];
  const script = `process.stdout.write('€'.repeat(3)); setTimeout(() => { console.log('€'); for (let i = 0; i < 1000; i++) console.log(i); process.stdout.write('x'.repeat(100000)) }, 20)`;
  const ended = await run(script, { onLine: (line) => lines.push(line), tailLines: 3 });
  expect(lines.slice(0, 3)).toEqual(['€€€€', '0', '1']);
  expect(lines.at(1_000)).toBe('999');
  expect(Math.max(...lines.map((line) => line.length))).toBe(16_384);
  expect(lines.slice(1_001).join('')).toBe('x'.repeat(100_000));
  expect(ended.tail).toHaveLength(3);
});

test('aborted, it is asked to end and may clean up', async () => {
  const stop = new AbortController();
  const script = `process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); console.log('up'); setInterval(() => {}, 1000)`;
  const ended = await run(script, { signal: stop.signal, onLine: (line) => line === 'up' && stop.abort() });
  expect(ended).toMatchObject({ code: 0, stopped: 'aborted', tail: ['up', 'bye'] });
});

test('one that does not listen is killed after the grace, with everything it started', async () => {
  const stop = new AbortController();
  const child = `process.on('SIGTERM', () => {}); console.log('child', process.pid); setInterval(() => {}, 1000)`;
  const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' }); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`;
  const ended = await run(script, {
    signal: stop.signal,
    graceMs: 100,
    onLine: (line) => line.startsWith('child') && stop.abort(),
  });
  expect(ended).toMatchObject({ code: null, signal: 'SIGKILL', stopped: 'aborted' });
  await gone(Number(ended.tail[0]?.split(' ')[1]));
});

test('what a program leaves running behind its back ends with it', async () => {
  const script = `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }); c.unref(); console.log(c.pid); process.exit(0)`;
  const ended = await run(script);
  expect(ended.code).toBe(0);
  await gone(Number(ended.tail[0]));
});

test('out of time is told apart from aborted', async () => {
  const ended = await run('setInterval(() => {}, 1000)', { timeoutMs: 100 });
  expect(ended).toMatchObject({ signal: 'SIGTERM', stopped: 'timed out' });
});

test('aborted beforehand, it does not start at all', async () => {
  const ended = await exec('/nowhere', [], { cwd: '/', env: {}, signal: AbortSignal.abort() });
  expect(ended).toMatchObject({ stopped: 'aborted', code: null });
});

test('what cannot be started is a failure that names it', async () => {
  const options = { cwd: tmpdir(), env: {} };
  await expect(exec('/nowhere/at-all', [], options)).rejects.toMatchObject({
    code: 'command-failed',
    message: expect.stringContaining('/nowhere/at-all cannot be started'),
  });
  await expect(exec(node, [], { cwd: '/nowhere', env: {} })).rejects.toMatchObject({ code: 'command-failed' });
});

test('when this process ends, so does the group', async () => {
  const child = `console.log('child', process.pid); setInterval(() => {}, 1000)`;
  const module = new URL('../../dist/kernel/exec.js', import.meta.url).href;
  const parent = `import { exec } from ${JSON.stringify(module)}; await exec(process.execPath, ['-e', ${JSON.stringify(child)}], { cwd: '/', env: {}, onLine: (line) => { console.log(line); process.exit(0) } })`;
  const ended = await exec(node, ['--input-type=module', '-e', parent], { cwd: tmpdir(), env: {} });
  expect(ended.tail[0]).toMatch(/^child \d+$/);
  await gone(Number(ended.tail[0]?.split(' ')[1]));
});

test('a failed command is told with how it ended and its last lines', async () => {
  const ended = { code: 2, signal: null, stopped: null, ms: 1_240, tail: ['boom'] };
  const failure = commandFailed('npm', ['run', 'build'], ended, 'Mend it.');
  expect(failure).toMatchObject({
    code: 'command-failed',
    message: 'npm run build: exit 2 after 1.2 s:\nboom',
    hint: 'Mend it.',
  });
});

const gone = async (pid: number) => {
  expect(pid).toBeGreaterThan(0);
  const turn = async () => (isAlive(pid) ? { because: `${pid} is alive` } : { done: true });
  await waitFor('The process', turn, { deadlineMs: 20_000, everyMs: 10 });
};

/** One that has ended and that nobody has asked about yet is a zombie, and not alive. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' && process.platform !== 'linux';
  }
};
