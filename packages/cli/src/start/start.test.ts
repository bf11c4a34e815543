import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { identify, ownIdentity, type ProcessIdentity, stillRuns } from '@plumbline/agent/processes/identity';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Surroundings } from '../command.ts';
import { controlFile } from '../connection.ts';
import { createTerminal } from '../terminal.ts';
import { askAgent } from './agent-socket.ts';
import { bringDown, livingOf } from './bring-down.ts';
import { runStart } from './run.ts';

// Processes run what tsc built; paths are the same from src and dist.
const programs = {
  agent: fileURLToPath(new URL('../../dist/testing/small-agent.js', import.meta.url)),
  server: fileURLToPath(new URL('../../../server/dist/testing/memory-main.js', import.meta.url)),
};
const patience = { timeout: 40_000, interval: 50 };

let directory: string;
let home: string;
let running: Running[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'plumb-start-'));
  home = join(directory, '.plumbline');
  running = [];
});

afterEach(async () => {
  for (const one of running) {
    one.interrupt();
    await one.ended.catch(() => undefined);
  }
  await bringDown(home, AbortSignal.timeout(30_000));
  await rm(directory, { recursive: true, force: true });
}, 60_000);

interface Running {
  readonly ended: Promise<number>;
  readonly interrupt: () => void;
  readonly said: () => string;
}

const start = (more: { readonly programs?: Partial<typeof programs> } = {}): Running => {
  let said = '';
  let listeners: (() => void)[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      said += chunk;
      done();
    },
  });
  const surroundings: Surroundings = {
    env: { PATH: process.env.PATH, npm_lifecycle_event: 'start' },
    cwd: directory,
    onInterrupt: (listener) => {
      listeners.push(listener);
      return () => {
        listeners = [];
      };
    },
  };
  const terminal = createTerminal({ stdin: new PassThrough(), stdout: sink, stderr: sink }, {});
  const order = {
    place: { directory, home },
    terminal,
    surroundings,
    port: null,
    json: false,
    programs: { ...programs, ...more.programs },
  };
  const ended = runStart(order);
  ended.catch(() => undefined);
  const interrupt = () => {
    for (const listener of listeners) listener();
  };
  const one = { ended, interrupt, said: () => said };
  running.push(one);
  return one;
};

const control = async () => controlFile.parse(JSON.parse(await readFile(join(home, 'control.json'), 'utf8')));

const identityOf = (pid: number): ProcessIdentity => {
  const identity = identify(pid);
  if (identity === null) throw new Error(`process ${pid} does not run`);
  return identity;
};

const bothProcesses = async () => ({
  agent: identityOf((await askAgent(home))?.pid ?? 0),
  controlPlane: identityOf((await control()).pid),
});

test('brings both up, ships the checkout as the pipeline, says what waits for whom, and leaves nothing behind', async () => {
  const one = start();
  await expect
    .poll(one.said, patience)
    .toMatch(/production d-3 .*d-3 is awaiting-approval(.*\n)+.*: plumb approve d-3/);
  expect(one.said()).toContain('c-1 ships 3f2a9c1 to development, staging, production');
  expect(one.said()).toContain('for an approver other than who asked');
  expect(one.said()).toContain('development  http://development.localhost:8080  or  http://127.0.0.1:800');
  expect(one.said()).toContain('log in as ada@example.com with builder');
  const { agent, controlPlane } = await bothProcesses();
  one.interrupt();
  expect(await one.ended).toBe(0);
  expect([stillRuns(agent), stillRuns(controlPlane)]).toEqual([false, false]);
  expect(await livingOf(home)).toEqual([]);
});

test('starts a control plane that was killed again, and says so', async () => {
  const one = start();
  await expect.poll(one.said, patience).toContain('awaiting-approval');
  const before = await bothProcesses();
  process.kill(before.controlPlane.pid, 'SIGKILL');
  await expect.poll(one.said, patience).toMatch(/the control plane is back \(process \d+\)/);
  expect(one.said()).toContain('the control plane was killed by SIGKILL; it is started again');
  const after = await bothProcesses();
  expect(after.controlPlane.pid).not.toBe(before.controlPlane.pid);
  expect(after.agent).toEqual(before.agent);
});

test('starts an agent that was killed again', async () => {
  const one = start();
  await expect.poll(one.said, patience).toContain('awaiting-approval');
  process.kill((await bothProcesses()).agent.pid, 'SIGKILL');
  await expect.poll(one.said, patience).toMatch(/the agent is back \(process \d+\)/);
});

test('a second start tells where the first one is, ships nothing that was shipped, and ends', async () => {
  const first = start();
  await expect.poll(first.said, patience).toContain('awaiting-approval');
  const before = await bothProcesses();
  const second = start();
  expect(await second.ended).toBe(0);
  expect(second.said()).toContain(`runs in ${directory} already (process ${process.pid})`);
  expect(second.said()).toContain('3f2a9c1 is on its way already: c-1');
  expect(second.said()).toContain('ENVIRONMENT');
  expect(await bothProcesses()).toEqual(before);
});

test('takes over an agent that a killed start left behind', async () => {
  const first = start();
  await expect.poll(first.said, patience).toContain('awaiting-approval');
  const left = await bothProcesses();
  // What a killed start leaves: its lock, naming a process that is no more.
  const lock = join(home, 'start.json');
  await rm(lock);
  await writeFile(lock, JSON.stringify({ ...ownIdentity(), started: 'long ago' }));
  const second = start();
  await expect.poll(second.said, patience).toContain('3f2a9c1 is on its way already: c-1');
  expect(await bothProcesses()).toEqual(left);
});

test('a control plane that dies at once is an error with the end of its log', async () => {
  const broken = join(directory, 'broken.mjs');
  await writeFile(broken, 'console.error("plumbline.yaml:3:1 unknown key"); process.exit(1);');
  const one = start({ programs: { server: broken } });
  await expect(one.ended).rejects.toMatchObject({
    message: 'the control plane does not start: it exited with code 1',
    hint: expect.stringContaining('plumbline.yaml:3:1 unknown key'),
  });
  expect(await askAgent(home)).toBe(null);
});

test('what a killed start left behind is found and stopped', async () => {
  await mkdir(home);
  const agent = spawn(process.execPath, [programs.agent, '--home', home], { detached: true, stdio: 'ignore' });
  await expect.poll(() => livingOf(home), patience).toMatchObject([{ name: 'the agent', process: { pid: agent.pid } }]);
  expect(await bringDown(home, AbortSignal.timeout(30_000))).toMatchObject([{ name: 'the agent' }]);
  expect(await livingOf(home)).toEqual([]);
});
