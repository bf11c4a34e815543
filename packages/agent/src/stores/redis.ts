import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { mkdir, realpath } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { readJson, writeDurably, writeJson } from '../home/durable-file.ts';
import { freePort, isFree, type Ports } from '../home/ports.ts';
import type { Log } from '../log.ts';
import { nobody } from '../processes/hold.ts';
import { processIdentity, stillRuns } from '../processes/identity.ts';
import { type DaemonState, Kept } from '../processes/keep-running.ts';
import { openOutput, rotateInPassing } from '../processes/output.ts';
import { adopt, launch } from '../processes/running.ts';
import { endStrays, processesIn } from '../processes/strays.ts';

/** One Redis without persistence, kept running: what is in it is a cache. */
export interface Redis {
  state(): DaemonState;
  /** Waits until it answers, and gives its address with the password in it. */
  address(signal: AbortSignal): Promise<string>;
  rotateLog(): void;
  stop(): Promise<void>;
}

export interface RedisNeeds {
  /** The `redis-server` program. */
  readonly program: string;
  /** A folder of its own. */
  readonly folder: string;
  readonly ports: Ports;
  readonly log: Log;
  readonly changed: () => void;
}

/** The `redis-server` of this machine; null where there is none. */
export const findRedis = (searchPath: string): string | null => {
  for (const folder of searchPath.split(path.delimiter)) {
    const program = path.join(folder, 'redis-server');
    if (isExecutable(program)) return program;
  }
  return null;
};

const record = z.object({ process: processIdentity, port: z.int().positive(), password: z.string() });

const startWithinMs = 15_000;

export const keepRedis = (name: string, { program, folder, ports, log, changed }: RedisNeeds): Redis => {
  const recordFile = path.join(folder, 'running.json');
  const output = openOutput(path.join(folder, 'redis.log'));
  let port = ports.of(`redis/${name}`) ?? 0;
  let password = randomBytes(24).toString('base64url');

  const find = async () => {
    const known = await readJson(recordFile, record);
    if (known === null || !stillRuns(known.process)) return null;
    port = known.port;
    password = known.password;
    log('info', 'a Redis that ran already is adopted', { server: name, pid: known.process.pid, port });
    return adopt(known.process);
  };

  const start = async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // One whose agent was killed before it could write it down.
    await endStrays(processesIn(await realpath(folder)), 'SIGTERM', 2_000);
    if (port === 0 || !(await isFree(port))) port = await freePort();
    await ports.remember(`redis/${name}`, port);
    const settings = path.join(folder, 'redis.conf');
    await writeDurably(settings, settingsOf(folder, port, password));
    const launched = await launch({
      command: [program, settings],
      folder,
      variables: {},
      stdout: output.file,
      stderr: output.file,
    });
    if (launched.started) await writeJson(recordFile, { process: launched.running.identity, port, password });
    return launched;
  };

  const kept = new Kept(
    {
      name: `Redis ${name}`,
      find,
      launch: start,
      answers: () => pings(port, password),
      stopSignal: 'SIGTERM',
      stopWithinMs: 5_000,
    },
    log,
    changed,
  );
  return {
    state: () => kept.state(),
    address: async (signal) => {
      await kept.untilItRuns(startWithinMs, signal);
      return `redis://:${password}@127.0.0.1:${port}`;
    },
    rotateLog: () => rotateInPassing(output, nobody, log),
    stop: () => kept.stop(),
  };
};

/** In a file that its owner alone can read: a password on the command line is seen by everybody. */
const settingsOf = (folder: string, port: number, password: string): string =>
  [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${folder}`,
    'save ""',
    'appendonly no',
    'daemonize no',
    'maxmemory 64mb',
    'maxmemory-policy allkeys-lru',
    'loglevel warning',
    '',
  ].join('\n');

const pings = (port: number, password: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 2_000 });
    const tell = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    let said = '';
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1');
      if (said.includes('+PONG')) tell(true);
      else if (said.startsWith('-')) tell(false);
    });
    socket.once('timeout', () => tell(false));
    socket.once('error', () => tell(false));
    socket.once('close', () => tell(false));
  });

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: either way it cannot be used.
    return false;
  }
};
