import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import type { DescribedFiles } from '../environments/read.ts';
import { notPlumblines, type Place, placeOf, treeOf } from './source.ts';
import { askGit, git } from './source-git.ts';
import { unpackTar } from './tar-unpack.ts';

/** The app's files at one moment: those of a commit, or the work as it lay there. Survives JSON. */
export interface Snapshot {
  /** The checkout's top folder. */
  readonly top: string;
  /** Where the objects of uncommitted work are kept, outside the checkout's own. */
  readonly objects: string;
  /** Id of the app's folder. */
  readonly tree: string;
}

export interface SnapshotOrder {
  /** The app's folder. */
  readonly folder: string;
  readonly home: string;
  readonly commit: string;
  /** Take the work that lies there, committed or not, ignored files excepted. */
  readonly dirty: boolean;
  /** Work changes while it is looked at: the same key again answers the first snapshot. The climb's id, for one. */
  readonly key: string;
  readonly signal?: AbortSignal;
}

/** Takes a snapshot without writing into the checkout. */
export const takeSnapshot = async ({ folder, home, commit, dirty, key, signal }: SnapshotOrder): Promise<Snapshot> => {
  const place = await placeOf(folder, signal);
  const objects = path.join(home, 'snapshots', 'objects');
  if (!dirty) return { top: place.top, objects, tree: await treeOf(place, commit, signal) };
  const file = path.join(home, 'snapshots', `${key.replaceAll(/[^\w.-]/g, '_')}.json`);
  const tree = (await recorded(file)) ?? (await record(file, await treeOfWork(place, folder, objects, signal)));
  return { top: place.top, objects, tree };
};

/** What every question about a snapshot needs, so that git finds objects that are not the checkout's. */
export const readingOf = ({ objects }: Snapshot): Readonly<Record<string, string>> => ({
  GIT_ALTERNATE_OBJECT_DIRECTORIES: objects,
});

const recordSchema = z.object({ tree: z.string() });

const recorded = async (file: string): Promise<string | undefined> => {
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, 'utf8'))).tree;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const record = async (file: string, tree: string): Promise<string> => {
  const unfinished = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(unfinished, JSON.stringify({ tree }));
  await rename(unfinished, file);
  return tree;
};

/** Puts the work into an index and an object store of Plumbline's own, on top of the checkout's. */
const treeOfWork = async (
  { top, prefix }: Place,
  folder: string,
  objects: string,
  signal?: AbortSignal,
): Promise<string> => {
  await mkdir(objects, { recursive: true });
  const index = path.join(path.dirname(objects), `index-${process.pid}-${randomBytes(4).toString('hex')}`);
  const [theirs = '', theirIndex = ''] = await git(top, ['rev-parse', '--git-path', 'objects', '--git-path', 'index'], {
    signal,
  });
  try {
    await copyFile(path.resolve(top, theirIndex), index);
    // An index as old as this has git compare contents: by size and time alone, a quick edit after a commit goes unseen.
    await utimes(index, 1, 1);
    const variables = {
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: objects,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: path.resolve(top, theirs),
    };
    await git(folder, ['add', '--all', '--', '.', notPlumblines], { signal, variables });
    const prefixed = prefix === '' ? [] : [`--prefix=${prefix}`];
    const [tree] = await git(top, ['write-tree', ...prefixed], { signal, variables });
    if (tree === undefined) throw new Failure('bug', `git wrote no tree of ${folder}`);
    return tree;
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
};

/** The description as the snapshot has it. */
export const filesOfSnapshot = (snapshot: Snapshot, signal?: AbortSignal): DescribedFiles => {
  const ask = (args: readonly string[]) => askGit(snapshot.top, args, { signal, variables: readingOf(snapshot) });
  return {
    where: snapshot.top,
    read: async (file) => {
      const { code, lines } = await ask(['cat-file', 'blob', `${snapshot.tree}:${file}`]);
      return code === 0 ? `${lines.join('\n')}\n` : undefined;
    },
    list: async (folder) => {
      const { code, lines } = await ask(['ls-tree', '--name-only', `${snapshot.tree}:${folder}`]);
      return code === 0 ? lines : [];
    },
  };
};

/** The files of one directory of the app, one a line with mode and digest; none when the snapshot has no such directory. */
export const listDirectory = async (
  snapshot: Snapshot,
  directory: string,
  signal?: AbortSignal,
): Promise<readonly string[]> => {
  const { code, lines } = await askGit(snapshot.top, ['ls-tree', '-r', treeish(snapshot, directory)], {
    signal,
    variables: readingOf(snapshot),
  });
  return code === 0 ? lines : [];
};

/** Writes one directory of the app as the snapshot has it into a folder, which must not be there. */
export const materialise = async (
  snapshot: Snapshot,
  directory: string,
  into: string,
  signal?: AbortSignal,
): Promise<void> => {
  const archive = `${into}.tar`;
  try {
    // At the top folder: below it, git would archive that part alone.
    await git(snapshot.top, ['archive', '--format=tar', `--output=${archive}`, treeish(snapshot, directory)], {
      signal,
      variables: readingOf(snapshot),
    });
    await unpackTar(archive, into, { signal });
  } finally {
    await rm(archive, { force: true });
  }
};

const treeish = ({ tree }: Snapshot, directory: string): string => {
  const plain = path.posix.normalize(directory).replace(/\/$/, '');
  return plain === '.' ? tree : `${tree}:${plain}`;
};
