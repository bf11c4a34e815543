import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DocumentStore } from './store.ts';

/** Keeps documents as files below a folder, which all replicas share. */
export function folderStore(folder: string): DocumentStore {
  return {
    put: async (name, bytes, _size, signal) => {
      const file = join(folder, name);
      const unfinished = `${file}.${randomUUID()}.part`;
      await mkdir(dirname(file), { recursive: true });
      try {
        await pipeline(bytes, createWriteStream(unfinished, { flags: 'wx', flush: true }), { signal });
        await rename(unfinished, file);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    // Opened before it is promised, so that a missing file is an error and not a broken answer.
    get: async (name) => (await open(join(folder, name))).createReadStream(),
    remove: (name) => rm(join(folder, name), { force: true }),
    isReachable: () =>
      mkdir(folder, { recursive: true })
        .then(() => access(folder, constants.W_OK))
        .then(
          () => true,
          () => false,
        ),
  };
}
