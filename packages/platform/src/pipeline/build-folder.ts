import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeReadOnly } from './read-only.ts';
import { sweepUnfinished, unfinishedName } from './unfinished.ts';

/** With the user, since nobody can sweep up after another. */
const prefix = `plumbline-build-${process.getuid?.() ?? 'of'}`;

/**
 * Lends a folder for the time of the work and removes it after. It lies outside the app's folder, so that no file of the
 * checkout, its node_modules above all, is found by walking up from it.
 */
export const withCleanFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  await sweepUnfinished(tmpdir(), prefix);
  const folder = path.join(tmpdir(), unfinishedName(prefix));
  await mkdir(folder, { mode: 0o700 });
  try {
    return await work(folder);
  } finally {
    await removeReadOnly(folder);
  }
};
