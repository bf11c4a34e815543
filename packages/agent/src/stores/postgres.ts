import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import pg from 'pg';
import { readText, writeDurably } from '../home/durable-file.ts';
import { freePort, isFree, type Ports } from '../home/ports.ts';
import { storageFailure } from '../home/storage-failure.ts';
import type { Log } from '../log.ts';
import { nobody } from '../processes/hold.ts';
import { identify } from '../processes/identity.ts';
import { type DaemonState, Kept } from '../processes/keep-running.ts';
import { type Output, openOutput, rotateInPassing } from '../processes/output.ts';
import { adopt, type Launched, launch, type Running } from '../processes/running.ts';
import { endStrays, processesIn } from '../processes/strays.ts';
import type { PostgresPlace } from './database-folder.ts';
import type { RunsAs } from './runs-as.ts';

export interface PostgresNeeds {
  readonly place: PostgresPlace;
  /** Holds a file with the password of each cluster. */
  readonly passwords: string;
  readonly ports: Ports;
  readonly log: Log;
  readonly changed: () => void;
}

const user = 'plumbline';
const startWithinMs = 60_000;

/** One PostgreSQL, kept running. */
export class Postgres {
  readonly name: string;
  readonly #needs: PostgresNeeds;
  readonly #data: string;
  readonly #kept: Kept;
  readonly #output: Output;
  #port: number;
  #password = '';

  constructor(name: string, needs: PostgresNeeds) {
    this.name = name;
    this.#needs = needs;
    this.#data = path.join(needs.place.folder, name);
    this.#output = openOutput(path.join(needs.place.folder, `${name}.log`));
    this.#port = needs.ports.of(`database/${name}`) ?? 0;
    const daemon = {
      name: `PostgreSQL ${name}`,
      find: () => this.#find(),
      launch: () => this.#launch(),
      answers: () => answers(this.#port, this.#password),
      // Fast shutdown: sessions are ended, what is committed is on disk.
      stopSignal: 'SIGINT',
      stopWithinMs: 30_000,
    } as const;
    this.#kept = new Kept(daemon, needs.log, needs.changed);
  }

  port(): number {
    return this.#port;
  }

  state(): DaemonState {
    return this.#kept.state();
  }

  /** Makes a database exist, waits until it answers, and gives its address with the password in it. */
  async database(name: string, signal: AbortSignal): Promise<string> {
    await this.#kept.untilItRuns(startWithinMs, signal);
    await createDatabase(this.#port, this.#password, name);
    return addressOf(this.#port, this.#password, name);
  }

  /** Its own log may lose a line to the cut; nobody is held for it. */
  rotateLog(): void {
    rotateInPassing(this.#output, nobody, this.#needs.log);
  }

  stop(): Promise<void> {
    return this.#kept.stop();
  }

  async #find(): Promise<Running | null> {
    const { place, passwords, log } = this.#needs;
    this.#password = await passwordIn(path.join(passwords, this.name));
    await initialise(place, this.#data, this.#password);
    const postmaster = await runningPostmaster(this.#data);
    if (postmaster === null) return null;
    const { running, port } = postmaster;
    await this.#have(port);
    log('info', 'a PostgreSQL that ran already is adopted', { server: this.name, pid: running.identity.pid, port });
    return running;
  }

  async #launch(): Promise<Launched> {
    const { runsAs, binaries } = this.#needs.place;
    // Its processes outlive a killed postmaster for a moment, and a new one refuses to start beside them.
    await endStrays(processesIn(this.#data), 'SIGQUIT', 3_000);
    await rm(path.join(this.#data, 'postmaster.pid'), { force: true });
    await this.#have(this.#port !== 0 && (await isFree(this.#port)) ? this.#port : await freePort());
    const { file: output } = this.#output;
    const command = [binaries.postgres, '-D', this.#data, '-p', String(this.#port)];
    return launch({ command, folder: '/', variables: {}, stdout: output, stderr: output, runsAs });
  }

  async #have(port: number): Promise<void> {
    this.#port = port;
    await this.#needs.ports.remember(`database/${this.name}`, port);
  }
}

const addressOf = (port: number, password: string, database: string): string =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;

const passwordIn = async (file: string): Promise<string> => {
  const there = await readText(file);
  if (there !== null) return there;
  const fresh = randomBytes(24).toString('base64url');
  await writeDurably(file, fresh);
  return fresh;
};

/** Makes the cluster under another name first, so that one cut short by a crash is not taken for whole. */
const initialise = async ({ binaries, runsAs, folder }: PostgresPlace, data: string, password: string) => {
  if ((await readText(path.join(data, 'PG_VERSION'))) !== null) return;
  const unfinished = `${data}.new`;
  const passwordFile = `${data}.password`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (runsAs.uid !== undefined && runsAs.gid !== undefined) await chown(passwordFile, runsAs.uid, runsAs.gid);
    const failed = await runInitdb(binaries.initdb, runsAs, folder, [
      ...initdbArgs,
      unfinished,
      '--pwfile',
      passwordFile,
    ]);
    if (failed !== null) throw initFailed(data, failed);
    await appendFile(path.join(unfinished, 'postgresql.conf'), settings);
    await rename(unfinished, data);
  } catch (error) {
    throw storageFailure(error, data);
  } finally {
    await rm(passwordFile, { force: true });
  }
};

const initdbArgs = ['-U', user, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', '-D'];

/** Null when it went well, else what it said. */
const runInitdb = async (initdb: string, runsAs: RunsAs, cwd: string, args: string[]): Promise<string | null> => {
  const child = spawn(initdb, args, { ...runsAs, cwd, env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2_000);
  });
  const [code] = await once(child, 'close');
  return code === 0 ? null : said;
};

const initFailed = (data: string, said: string): Failure =>
  /No space left/.test(said)
    ? new Failure('disk-full', `no space left to make the database in ${data}`, {
        hint: 'free some space on that disk',
      })
    : new Failure('command-failed', `the database in ${data} cannot be made: ${said.trim()}`);

/** Small: one of these runs for each environment, on a laptop. Set here and not on the command line, so that they can be altered. */
const settings = `
# Plumbline
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 32MB
max_wal_size = 256MB
log_min_messages = warning
log_checkpoints = off
`;

/** The postmaster that holds this very folder, if one does: `postmaster.pid` alone may be of long ago. */
const runningPostmaster = async (data: string): Promise<{ running: Running; port: number } | null> => {
  const lines = (await readText(path.join(data, 'postmaster.pid')))?.split('\n') ?? [];
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!(pid > 0 && port > 0) || lines[1] !== data || !(await worksOn(pid, data))) return null;
  const identity = identify(pid);
  return identity && { running: adopt(identity), port };
};

const worksOn = async (pid: number, data: string): Promise<boolean> => {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return command === null ? commandByPs(pid, data) : command.split('\0').includes(data);
};

const commandByPs = async (pid: number, data: string): Promise<boolean> => {
  const child = spawn('ps', ['-o', 'args=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let args = '';
  child.stdout.on('data', (chunk: Buffer) => {
    args += chunk;
  });
  await once(child, 'close');
  return args.includes(` -D ${data} `);
};

const answers = async (port: number, password: string): Promise<boolean> => {
  try {
    await asSuperuser(port, password, (client) => client.query('select 1'));
    return true;
  } catch (error) {
    // Refused, starting up, shutting down: all have a code. Anything else is an error of ours.
    if (error instanceof Error && ('code' in error || /timeout|terminated/.test(error.message))) return false;
    throw error;
  }
};

const createDatabase = (port: number, password: string, name: string): Promise<void> =>
  asSuperuser(port, password, async (client) => {
    const there = await client.query('select from pg_database where datname = $1', [name]);
    if (there.rowCount !== 0) return;
    await client.query(`create database ${pg.escapeIdentifier(name)}`).catch((error: unknown) => {
      // 42P04, or 23505 when two asked at the same instant: it is there.
      if (!(error instanceof pg.DatabaseError && (error.code === '42P04' || error.code === '23505'))) throw error;
    });
  });

const asSuperuser = async <T>(port: number, password: string, use: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  });
  // A connection that breaks between two queries says so here as well as to the next query.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
};
