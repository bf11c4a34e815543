import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { releaseId, serviceName } from '@plumbline/contract/names';
import { slot } from '@plumbline/contract/shape';
import { z } from 'zod';
import { readJson, writeJson } from '../home/durable-file.ts';
import { storageFailure } from '../home/storage-failure.ts';
import { processIdentity } from '../processes/identity.ts';

/** What is on disk of a replica, so that the next agent finds its process and its output. */
export const replicaRecord = z.object({
  id: z.string(),
  service: serviceName,
  slot,
  release: releaseId,
  program: z.string(),
  process: processIdentity.extend({ port: z.int().positive() }).nullable(),
  wasReady: z.boolean(),
  drainWithinMs: z.int(),
  restarts: z.int(),
  crashesInARow: z.int(),
  lastEnd: z.string().nullable(),
  /** It is gone for good; its output is kept for a while. */
  left: z.boolean(),
});
export type ReplicaRecord = z.infer<typeof replicaRecord>;

export interface Records {
  all(): Promise<readonly ReplicaRecord[]>;
  /** Writes one replica's record; a write that comes while another of the same replica is under way takes its turn. */
  write(record: ReplicaRecord): Promise<void>;
  /** Its folder, which holds its output too. */
  folderOf(replica: string): string;
  makeFolder(replica: string): Promise<void>;
  remove(replica: string): Promise<void>;
}

export const openRecords = (folder: string): Records => {
  const turns = new Map<string, Promise<unknown>>();
  const folderOf = (replica: string) => path.join(folder, replica);
  const fileOf = (replica: string) => path.join(folderOf(replica), 'replica.json');
  return {
    folderOf,
    all: async () => {
      await makeFolder(folder);
      const names = await readdir(folder);
      const records = await Promise.all(names.map((name) => readJson(fileOf(name), replicaRecord)));
      return records.flatMap((record) => record ?? []);
    },
    write: (record) => {
      const written = (turns.get(record.id) ?? Promise.resolve()).then(() => writeJson(fileOf(record.id), record));
      turns.set(
        record.id,
        written.catch(() => undefined),
      );
      return written;
    },
    makeFolder: (replica) => makeFolder(folderOf(replica)),
    remove: async (replica) => {
      await turns.get(replica);
      turns.delete(replica);
      await rm(folderOf(replica), { recursive: true, force: true });
    },
  };
};

const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storageFailure(error, folder);
  }
};
