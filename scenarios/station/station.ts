import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@plumbline/cli/client';
import { findConnection, notRunning, readControlFile } from '@plumbline/cli/connection';
import { agentAddress, type JournalEntry, journalEntry } from '@plumbline/contract/agent';
import { Client as Http } from 'undici';
import { openShop, type Shop, type ShopDatabase } from './shop.ts';

/** Real processes: an agent and a control plane over an app, each of which a scenario may kill and start again. */
export interface Station {
  readonly home: string;
  /** The person's client, of whichever control plane runs now. */
  readonly client: Client;
  readonly agent: Daemon;
  readonly controlPlane: Daemon;
  /** Another control plane of the same home, which is not started yet. */
  controlPlaneOf(instance: string): Daemon;
  journal(): Promise<readonly JournalEntry[]>;
  /** What the agent answers, past the control plane; null when there is none. */
  askAgent(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<string | null>;
  /** The address of the control plane's own database. */
  databaseUrl(): Promise<string>;
  close(): Promise<void>;
}

export interface Daemon {
  pid(): number;
  /** Starts it and waits until it answers; answers how long that took, in milliseconds. */
  start(): Promise<number>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Its exit code once it has ended; null where a signal ended it. */
  ended(): Promise<number | null>;
}

const answersWithinMs = 60_000;

/** A station over the shop. */
export const openShopStation = async (database: ShopDatabase = 'no'): Promise<Station & { readonly shop: Shop }> => {
  let shop: Shop | undefined;
  const station = await openStation(async (folder) => {
    shop = await openShop(folder, database);
    await shop.commit({ says: 'first' });
  });
  if (!shop) throw new Error('the shop was not opened');
  return { ...station, shop };
};

/** A station over the app that `make` writes into the folder that it is given; `env` is for its processes alone. */
export const openStation = async (
  make: (folder: string) => Promise<unknown>,
  env: Readonly<Record<string, string>> = {},
): Promise<Station> => {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-scenario-'));
  const home = join(folder, 'home');
  const app = join(folder, 'app');
  await make(app);
  const place = { directory: app, home };
  const client = createClient(
    () => findConnection(place, {}),
    (cause) => notRunning(app, cause),
  );
  const agent = daemon(
    'agent',
    ['--home', home, '--port', '0'],
    async () => (await askAgent(home, 'GET', '/')) !== null,
    env,
  );
  const controlPlaneOf = (instance: string): Daemon => {
    const args = ['--home', home, '--directory', app, '--port', '0', '--instance', instance];
    return daemon(
      'server',
      args,
      async (pid) => {
        const control = await readControlFile(home);
        return control?.pid === pid && (await client.call('status', {})) !== null;
      },
      env,
    );
  };
  const controlPlane = controlPlaneOf('local');
  await agent.start();
  await controlPlane.start();
  return {
    home,
    client,
    agent,
    controlPlane,
    controlPlaneOf,
    journal: async () => {
      const text = (await askAgent(home, 'GET', '/journal')) ?? '';
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => journalEntry.parse(JSON.parse(line)));
    },
    askAgent: (method, path, body) => askAgent(home, method, path, body),
    databaseUrl: async () => JSON.parse((await askAgent(home, 'PUT', '/databases/control', {})) ?? '{}').url,
    close: async () => {
      await controlPlane.kill('SIGTERM');
      await agent.kill('SIGTERM');
      await erase(home);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** What tsc built: processes run no TypeScript. */
const programOf = (name: string): string =>
  fileURLToPath(new URL(`../../packages/${name}/dist/main.js`, import.meta.url));

const daemon = (
  name: string,
  args: readonly string[],
  answers: (pid: number) => Promise<boolean>,
  env: Readonly<Record<string, string>>,
): Daemon => {
  let child: ChildProcess | undefined;
  const said: string[] = [];
  const start = async () => {
    const began = performance.now();
    const started = spawn(process.execPath, [programOf(name), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...env },
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
    while (!(await answers(started.pid ?? 0).catch(() => false))) {
      if (started.exitCode !== null)
        throw new Error(`${name} ended with ${started.exitCode}: ${said.slice(-20).join('')}`);
      if (performance.now() - began > answersWithinMs)
        throw new Error(`${name} does not answer: ${said.slice(-20).join('')}`);
      await delay(20);
    }
    return Math.round(performance.now() - began);
  };
  const end = async (): Promise<number | null> => {
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child?.exitCode ?? null;
  };
  return {
    pid: () => child?.pid ?? 0,
    start,
    kill: async (signal = 'SIGKILL') => {
      child?.kill(signal);
      await end();
    },
    ended: end,
  };
};

/** What the agent of a home answers; null when none does. */
const askAgent = async (home: string, method: 'GET' | 'PUT', path: string, body?: unknown): Promise<string | null> => {
  const file = await readFile(join(home, 'agent.json'), 'utf8').catch(() => null);
  if (file === null) return null;
  const http = new Http('http://agent', { socketPath: agentAddress.parse(JSON.parse(file)).socket });
  try {
    const answer = await http.request({
      method,
      path,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return await answer.body.text();
  } catch {
    // Nobody listens there now.
    return null;
  } finally {
    await http.destroy();
  }
};

const erase = async (home: string): Promise<void> => {
  const child = spawn(process.execPath, [programOf('agent'), '--home', home, '--erase'], { stdio: 'ignore' });
  await once(child, 'exit');
};
