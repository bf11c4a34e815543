import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Difference } from './compare.ts';

/** Brings the app's folder to what was rendered: each file is whole at every moment. */
export const write = async (directory: string, differences: readonly Difference[]): Promise<void> => {
  for (const { path, kind, after } of differences) {
    const file = join(directory, path);
    if (kind === 'gone') await rm(file, { force: true });
    else await replace(file, after);
  }
};

const replace = async (file: string, content: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const half = `${file}.half`;
  await writeFile(half, content);
  await rename(half, file);
};
