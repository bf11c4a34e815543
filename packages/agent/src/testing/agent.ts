import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Replica } from '@plumbline/contract/agent';
import {
  type Applied,
  agentAddress,
  applied,
  type JournalEntry,
  journalEntry,
  type Observation,
  type Order,
  observation,
} from '@plumbline/contract/agent';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A real agent process with a home of its own, on ports that the system chose. */
export interface TestAgent {
  readonly home: string;
  pid(): number;
  ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly text: string }>;
  apply(order: Order): Promise<Applied>;
  observe(environment?: string): Promise<Observation>;
  /** Polls until the observation is as wanted, and gives it. */
  until(is: (one: Observation) => boolean, environment?: string): Promise<Observation>;
  journal(): Promise<readonly JournalEntry[]>;
  /** Starts the process again after `kill`. */
  start(): Promise<void>;
  /** SIGKILL: what it held goes on without it. */
  kill(): Promise<void>;
  /** The polite end; gives the exit code. */
  stop(): Promise<number | null>;
  /** Stops it if it runs and removes the home and its databases. */
  remove(): Promise<void>;
}

export const deadlineMs = 60_000;

export const startAgent = async (
  args: readonly string[] = ['--port', '0'],
  variables: NodeJS.ProcessEnv = {},
  homeName = 'home',
): Promise<TestAgent> => {
  const home = path.join(await mkdtemp(path.join(tmpdir(), 'plumb-agent-')), homeName);
  let child: ChildProcess | undefined;
  const address = async () => agentAddress.parse(JSON.parse(await readFile(path.join(home, 'agent.json'), 'utf8')));
  const ask = async (method: string, where: string, body?: unknown) =>
    askSocket((await address()).socket, method, where, body);

  const start = async () => {
    const started = spawn(process.execPath, [program, '--home', home, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...variables },
    });
    child = started;
    const said = collect(started);
    await eventually('the agent to answer', async () => {
      if (started.exitCode !== null) throw new Error(`the agent ended with ${started.exitCode}: ${said()}`);
      const { pid } = await address().catch(() => ({ pid: 0 }));
      return pid === started.pid && (await ask('GET', '/')).status === 200;
    });
  };
  const observe = async (environment = 'staging') =>
    observation.parse(JSON.parse((await ask('GET', `/environments/${environment}`)).text));
  const endWith = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    return child.exitCode;
  };

  await start();
  return {
    home,
    pid: () => child?.pid ?? 0,
    ask,
    observe,
    apply: async (order) => {
      const { status, text } = await ask('PUT', `/environments/${order.shape.environment}`, order);
      if (status !== 200) throw new Error(`apply: ${status} ${text}`);
      return applied.parse(JSON.parse(text));
    },
    until: async (is, environment) => {
      let last: Observation | undefined;
      await eventually(
        () => `the observation to be as wanted; it is ${JSON.stringify(last)}`,
        async () => {
          last = await observe(environment);
          return is(last);
        },
      );
      return observe(environment);
    },
    journal: async () => {
      const { text } = await ask('GET', '/journal');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => journalEntry.parse(JSON.parse(line)));
    },
    start,
    kill: async () => void (await endWith('SIGKILL')),
    stop: () => endWith('SIGTERM'),
    remove: async () => {
      // After a kill only another agent knows what still runs.
      if (child?.signalCode === 'SIGKILL') await start();
      await endWith('SIGTERM');
      const eraser = spawn(process.execPath, [program, '--home', home, '--erase'], { stdio: 'ignore' });
      await once(eraser, 'exit');
      await rm(path.dirname(home), { recursive: true, force: true });
    },
  };
};

/** Waits for a condition; says what it waited for when the time is over. */
export const eventually = async (
  what: string | (() => string),
  is: () => Promise<boolean> | boolean,
  withinMs = deadlineMs,
): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await is())) {
    if (performance.now() > deadline)
      throw new Error(`waited ${withinMs} ms for ${typeof what === 'string' ? what : what()}`);
    await pause(20);
  }
};

export const ready = (one: Observation): readonly Replica[] => one.replicas.filter(({ state }) => state === 'ready');

const askSocket = (socketPath: string, method: string, where: string, body: unknown) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = http.request({ socketPath, method, path: where, agent: false }, async (response) => {
      let text = '';
      for await (const part of response.setEncoding('utf8')) text += part;
      resolve({ status: response.statusCode ?? 0, text });
    });
    request.once('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });

const collect = (child: ChildProcess): (() => string) => {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
};
