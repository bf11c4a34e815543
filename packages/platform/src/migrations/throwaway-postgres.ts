import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Failure } from '@plumbline/contract/failure';
import pg from 'pg';
import { type Binaries, findBinaries, type RunsAs, whoRuns } from './postgres-binaries.ts';

/** A PostgreSQL of the caller's own: its cluster lies in a temporary folder and goes with `stop`, or with the process. */
export interface ThrowawayPostgres {
  readonly port: number;
  /** Makes a database, empty or like another that nobody is in, and answers its address, as the superuser `postgres`. */
  createDatabase(name?: string, template?: string): Promise<string>;
  /** Removes a database, and whoever is in it. */
  dropDatabase(name: string): Promise<void>;
  /** SIGKILL, as a crash would have it. The data stay; `start` brings it back on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its folder; may be called twice. */
  stop(): Promise<void>;
}

export interface ThrowawayOptions {
  /** Flushes each commit to the disk, as a real one does. Default no: a killed server keeps what the system has cached. */
  readonly flushes?: boolean;
  /** Of the superuser. Default none: whoever reaches the port may come in. */
  readonly password?: string;
  /** Further settings of the server, as `name=value`. */
  readonly settings?: readonly string[];
}

const startDeadlineMs = 60_000;

/** Starts a PostgreSQL 15 on a port that the system chose. Throws `command-failed` where it is not installed or does not start. */
export const startPostgres = async (options: ThrowawayOptions = {}): Promise<ThrowawayPostgres> => {
  const runsAs = await whoRuns();
  const binaries = await findBinaries(runsAs);
  const folder = await mkdtemp(path.join(tmpdir(), 'plumb-postgres-'));
  if (runsAs.uid !== undefined && runsAs.gid !== undefined) await chown(folder, runsAs.uid, runsAs.gid);
  const data = path.join(folder, 'data');
  await initialise(binaries, runsAs, data, options.password);
  const port = await freePort();
  const superuser: Superuser = { port, password: options.password };
  const args = ['-D', data, '-p', String(port), ...settings(options)];

  let server: ChildProcess | undefined;
  let databases = 0;
  let stopped = false;
  const sweep = () => {
    server?.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  process.once('exit', sweep);

  const start = async () => {
    server = await untilItAnswers(binaries, runsAs, args, superuser);
  };
  const end = async (signal: NodeJS.Signals) => {
    const ending = server;
    server = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    ending.kill(signal);
    await exited;
  };
  await start();
  return {
    port,
    start,
    createDatabase: async (name = `test_${++databases}`, template = 'template1') => {
      await withSuperuser(superuser, (client) =>
        client.query(`create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`),
      );
      return `postgres://postgres${options.password ? `:${options.password}` : ''}@127.0.0.1:${port}/${name}`;
    },
    dropDatabase: (name) =>
      withSuperuser(superuser, async (client) => {
        await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
      }),
    kill: async () => {
      const backends = await childrenOf(server?.pid);
      await end('SIGKILL');
      // They notice that their postmaster is gone when they next wait: until then one may answer a statement.
      for (const pid of backends) killIfThere(pid);
    },
    stop: async () => {
      if (stopped) return;
      stopped = true;
      process.off('exit', sweep);
      // SIGINT is PostgreSQL's fast shutdown: it ends sessions instead of waiting for them.
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
};

const childrenOf = async (pid: number | undefined): Promise<readonly number[]> => {
  const { stdout } = await promisify(execFile)('ps', ['-ax', '-o', 'pid=,ppid=']);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return rows.flatMap(([child, parent]) => (child !== undefined && parent === pid ? [child] : []));
};

const killIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

const initialise = async (
  { initdb }: Binaries,
  runsAs: RunsAs,
  data: string,
  password: string | undefined,
): Promise<void> => {
  const args = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'];
  if (password === undefined) args.push('-A', 'trust');
  else {
    const file = `${data}.password`;
    await writeFile(file, password, { mode: 0o600 });
    if (runsAs.uid !== undefined && runsAs.gid !== undefined) await chown(file, runsAs.uid, runsAs.gid);
    args.push('-A', 'scram-sha-256', `--pwfile=${file}`);
  }
  const child = spawn(initdb, args, { ...runsAs, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collect(child);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Failure('command-failed', `initdb ended with ${code}: ${output()}`);
};

/** Starts the server; after a kill, its old backends may hold the data for a moment yet, so it is tried again until then. */
const untilItAnswers = async (
  { postgres }: Binaries,
  runsAs: RunsAs,
  args: readonly string[],
  superuser: Superuser,
): Promise<ChildProcess> => {
  const deadline = performance.now() + startDeadlineMs;
  for (;;) {
    const child = spawn(postgres, args, { ...runsAs, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    const output = collect(child);
    while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
      if (await answers(superuser)) return child;
      await pause(20);
    }
    child.kill('SIGKILL');
    if (performance.now() >= deadline)
      throw new Failure('command-failed', `PostgreSQL did not start within 60 s: ${output()}`);
    await pause(100);
  }
};

const settings = ({ flushes = false, settings: further = [] }: ThrowawayOptions): string[] =>
  [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=100',
    'shared_buffers=32MB',
    `fsync=${flushes ? 'on' : 'off'}`,
    'log_min_messages=fatal',
    ...further,
  ].flatMap((setting) => ['-c', setting]);

interface Superuser {
  readonly port: number;
  readonly password: string | undefined;
}

const answers = async (superuser: Superuser): Promise<boolean> => {
  try {
    await withSuperuser(superuser, (client) => client.query('select 1'));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
};

const withSuperuser = async <T>({ port, password }: Superuser, use: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  // Without a listener, a connection that breaks between two queries would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
};

const collect = (child: ChildProcess): (() => string) => {
  let text = '';
  const add = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4_000);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => text;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Failure('command-failed', 'the system gave no port');
  server.close();
  await once(server, 'close');
  return address.port;
};
