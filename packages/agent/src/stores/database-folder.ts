import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readText } from '../home/durable-file.ts';
import { hashOf } from '../home/socket-path.ts';
import { errorCode, storageFailure } from '../home/storage-failure.ts';
import { endStrays, processesIn } from '../processes/strays.ts';
import { type Binaries, copiedBinaries, installedBinaries } from './postgres-binaries.ts';
import { type RunsAs, whoRunsPostgres } from './runs-as.ts';

/** Where PostgreSQL's programs and data are for one home, and as whom it runs. */
export interface PostgresPlace {
  readonly binaries: Binaries;
  readonly runsAs: RunsAs;
  /** Holds a folder for each cluster. */
  readonly folder: string;
}

/** The part of the machine that the user postgres can reach, whatever the mode of the folders above a home. */
const reachable = '/var/lib/plumbline';

/** `note` is told what was found there and had to make room. */
export const postgresPlace = async (home: string, note: (text: string) => void): Promise<PostgresPlace> => {
  const folder = path.join(home, 'databases');
  try {
    const runsAs = await whoRunsPostgres();
    if (runsAs.uid === undefined || runsAs.gid === undefined) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return { binaries: await installedBinaries(), runsAs, folder };
    }
    const real = (await movedAlong(home, folder)) ?? path.join(reachable, hashOf(home));
    await mkdir(reachable, { recursive: true, mode: 0o755 });
    if (!hasPasswords(home)) await putAside(real, note);
    await mkdir(real, { recursive: true, mode: 0o700 });
    await writeFile(path.join(real, 'home'), `${home}\n`);
    await chown(real, runsAs.uid, runsAs.gid);
    await linkTo(real, folder);
    return { binaries: await copiedBinaries(reachable), runsAs, folder: real };
  } catch (error) {
    throw storageFailure(error, folder);
  }
};

/** Removes the data of a home whose agent does not run. */
export const eraseDatabases = async (home: string): Promise<void> => {
  const folder = path.join(home, 'databases');
  const elsewhere = await movedAlong(home, folder);
  if (elsewhere) await rm(elsewhere, { recursive: true, force: true });
  for (const left of await leftBehind(home)) await rm(left, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
};

/** A home without any has never had a database. */
const hasPasswords = (home: string): boolean => existsSync(path.join(home, 'passwords'));

const left = '.left-';

/** Whoever removes a folder by hand leaves its databases behind; a new home in its place has no password to them. */
const putAside = async (real: string, note: (text: string) => void): Promise<void> => {
  const names = existsSync(real) ? await readdir(real) : [];
  const clusters = names.map((name) => path.join(real, name)).filter((one) => existsSync(path.join(one, 'PG_VERSION')));
  if (clusters.length === 0) return;
  for (const one of clusters) await endStrays(processesIn(one), 'SIGQUIT', 3_000);
  const aside = `${real}${left}${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  await rename(real, aside);
  note(`databases of an earlier home in this place were put aside: ${aside}. plumb reset --yes removes them too`);
};

const leftBehind = async (home: string): Promise<readonly string[]> => {
  const names = await readdir(reachable).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
    return [];
  });
  return names.filter((name) => name.startsWith(`${hashOf(home)}${left}`)).map((name) => path.join(reachable, name));
};

/** Data that a home has linked to stay its own when it was moved, but not when it was copied and both are there. */
const movedAlong = async (home: string, link: string): Promise<string | null> => {
  const linked = await readlink(link).catch(() => null);
  if (linked === null || path.dirname(linked) !== reachable) return null;
  const owner = (await readText(path.join(linked, 'home')))?.trim();
  return owner === undefined || (owner !== home && existsSync(owner)) ? null : linked;
};

const linkTo = async (real: string, link: string): Promise<void> => {
  try {
    await symlink(real, link);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if ((await readlink(link)) === real) return;
    await rm(link);
    await symlink(real, link);
  }
};
