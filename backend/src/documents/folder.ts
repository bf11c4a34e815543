import { randomUUID } from 'node:crypto';
import { access, constants, type FileHandle, mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DocumentStore } from './store.ts';

/** Keeps documents as files below a folder, which all replicas share. */
export function folderStore(folder: string): DocumentStore {
  return {
    put: async (name, bytes, _size, signal) => {
      const file = join(folder, name);
      const unfinished = `${file}.${randomUUID()}.part`;
      const opened = await create(unfinished);
      try {
        await pipeline(bytes, opened.createWriteStream({ flush: true }), { signal });
        await rename(unfinished, file);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    // Opened before it is promised, so that a missing file is an error and not a broken answer.
    get: async (name) => (await open(join(folder, name))).createReadStream(),
    remove: async (name) => {
      await rm(join(folder, name), { force: true });
      await rmdir(dirname(join(folder, name))).catch(unlessInUse);
    },
    isReachable: () =>
      mkdir(folder, { recursive: true })
        .then(() => access(folder, constants.W_OK))
        .then(
          () => true,
          () => false,
        ),
  };
}

const TRIES = 5;

/** The folder may be taken away, as empty, just before the file is in it: then it is made again. */
async function create(file: string, tries = TRIES): Promise<FileHandle> {
  await mkdir(dirname(file), { recursive: true });
  try {
    return await open(file, 'wx');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && tries > 1) return create(file, tries - 1);
    throw error;
  }
}

function unlessInUse(error: unknown): void {
  if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error))) throw error;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
