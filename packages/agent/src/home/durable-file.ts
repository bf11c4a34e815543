import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { z } from 'zod';
import { errorCode, storageFailure } from './storage-failure.ts';

/** Replaces a file's content whole and on disk: after a crash there is the old content or the new, never a part. */
export const writeDurably = async (file: string, text: string, mode = 0o600): Promise<void> => {
  const unfinished = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await withFile(unfinished, 'wx', mode, async (handle) => {
      await handle.writeFile(text);
      await handle.sync();
    });
    await rename(unfinished, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw storageFailure(error, file);
  }
};

export const writeJson = (file: string, value: unknown): Promise<void> =>
  writeDurably(file, `${JSON.stringify(value, null, 1)}\n`);

/** Null when there is no such file. A file that is not what the schema says is a failure: it is never replaced in silence. */
export const readJson = async <T>(file: string, schema: z.ZodType<T>): Promise<T | null> => {
  const text = await readText(file);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure('data-unreadable', `${file} is damaged or was written by another version of Plumbline`, {
      cause,
      hint: 'put it back from a copy, or move it away to begin anew without it',
    });
  }
};

export const readText = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw storageFailure(error, file);
  }
};

export const withFile = async <T>(
  file: string,
  flags: string,
  mode: number,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T> => {
  const handle = await open(file, flags, mode);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
};

const syncFolder = (folder: string): Promise<void> => withFile(folder, 'r', 0, (handle) => handle.sync());
