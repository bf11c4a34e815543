import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { lstat, open, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '@plumbline/contract/failure';
import { type Header, type Pack, pack } from 'tar-stream';

export interface PackOrder {
  readonly folder: string;
  /** Paths in the folder; what lies under them is packed. */
  readonly include: readonly string[];
  readonly leaveOut: (path: string) => boolean;
  /** The folder that every entry is put in. */
  readonly under: string;
}

export interface PackedEntry {
  /** From the folder, with slashes. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly bytes: number;
  readonly isProgram: boolean;
}

/** What would be packed, in the order in which it is: by name, so that no file system's own order matters. */
export const entriesOf = async ({ folder, include, leaveOut }: PackOrder): Promise<readonly PackedEntry[]> => {
  const found = new Map<string, PackedEntry>();
  const visit = async (relative: string): Promise<void> => {
    if (leaveOut(relative) || found.has(relative)) return;
    const entry = await entryOf(folder, relative);
    found.set(relative, entry);
    if (entry.kind !== 'directory') return;
    for (const name of await readdir(path.join(folder, relative)))
      await visit(relative === '.' ? name : `${relative}/${name}`);
  };
  for (const one of include) {
    const relative = path.posix.normalize(one).replace(/\/$/, '');
    for (const parent of parentsOf(relative)) found.set(parent, await entryOf(folder, parent));
    found.delete(relative);
    await visit(relative);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
};

/** Writes a tar that is a function of names, contents, and which files are programs, and of nothing else. */
export const packTar = async (
  order: PackOrder,
  entries: readonly PackedEntry[],
  into: string,
  signal?: AbortSignal,
): Promise<{ readonly digest: string; readonly bytes: number }> => {
  const hash = createHash('sha256');
  let bytes = 0;
  const archive = pack();
  const adding = addAll(archive, order, entries, signal).catch((error: Error) => archive.destroy(error));
  await pipeline(
    Readable.from(gathered(archive)),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(into, { flags: 'wx' }),
    ...(signal ? [{ signal }] : []),
  );
  await adding;
  await flush(into);
  return { digest: hash.digest('hex'), bytes };
};

const addAll = async (
  archive: Pack,
  order: PackOrder,
  entries: readonly PackedEntry[],
  signal?: AbortSignal,
): Promise<void> => {
  for (const entry of entries) {
    signal?.throwIfAborted();
    await add(archive, order, entry);
  }
  archive.finalize();
};

const add = async (archive: Pack, { folder, under }: PackOrder, entry: PackedEntry): Promise<void> => {
  const source = path.join(folder, entry.path);
  const name = entry.path === '.' ? under : `${under}/${entry.path}`;
  // Everything that differs from machine to machine is written as nothing: owner, time, and what a umask took away.
  const header = { name, uid: 0, gid: 0, uname: '', gname: '', mtime: new Date(0) };
  if (entry.kind === 'directory')
    return write(archive, { ...header, name: `${name}/`, type: 'directory', mode: 0o755 });
  if (entry.kind === 'symlink')
    return write(archive, { ...header, type: 'symlink', mode: 0o777, linkname: await readlink(source) });
  return write(archive, { ...header, type: 'file', mode: entry.isProgram ? 0o755 : 0o644 }, await readFile(source));
};

const write = (archive: Pack, header: Pick<Header, 'name'> & Partial<Header>, content?: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const told = (error?: Error | null) => (error ? reject(error) : resolve());
    if (content === undefined) archive.entry(header, told);
    else archive.entry(header, content, told);
  });

const entryOf = async (folder: string, relative: string): Promise<PackedEntry> => {
  const source = path.join(folder, relative);
  const found = await lstat(source).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new Failure('build-failed', `"${relative}" of "include" is not there after the build`);
  });
  const entry = { path: relative, isProgram: (found.mode & 0o100) !== 0 };
  if (found.isDirectory()) return { ...entry, kind: 'directory', bytes: 0 };
  if (found.isFile()) return { ...entry, kind: 'file', bytes: found.size };
  if (!found.isSymbolicLink())
    throw new Failure(
      'build-failed',
      `${relative} is neither a file nor a folder nor a link: an artefact cannot hold it`,
    );
  refuseLeaving(relative, await readlink(source));
  return { ...entry, kind: 'symlink', bytes: 0 };
};

const refuseLeaving = (relative: string, target: string): void => {
  const arrives = path.posix.normalize(path.posix.join(path.posix.dirname(relative), target));
  if (!path.posix.isAbsolute(target) && arrives !== '..' && !arrives.startsWith('../')) return;
  throw new Failure(
    'build-failed',
    `the link ${relative} → ${target} leaves the artefact: where it runs, nothing would be there`,
    {
      hint: 'copy what it points to into the directory, or leave it out by "include"',
    },
  );
};

const parentsOf = (relative: string): readonly string[] => {
  const parts = relative.split('/').slice(0, -1);
  return relative === '.' ? [] : ['.', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
};

const chunkBytes = 256 * 1024;

/** tar-stream tells every header and every filler by itself; a disk is asked for less often. */
async function* gathered(archive: Pack): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of archive) {
    if (!Buffer.isBuffer(chunk)) continue;
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < chunkBytes) continue;
    yield Buffer.concat(waiting, bytes);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting, bytes);
}

const flush = async (file: string): Promise<void> => {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
