import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { commandFailed, exec } from '../kernel/exec.ts';

/** Takes the write permission from a folder and all that is in it. */
export const makeReadOnly = async (folder: string): Promise<void> => {
  const args = ['-R', 'a-w', folder];
  const ended = await exec('chmod', args, { cwd: folder, env: { PATH: process.env.PATH ?? '/usr/bin:/bin' } });
  if (ended.code !== 0) throw commandFailed('chmod', args, ended);
};

/** Removes a folder although parts of it are read-only, as unpacked artefacts are: `rm` alone would be refused. */
export const removeReadOnly = async (folder: string): Promise<void> => {
  if ((await isThere(folder)) && (await lstat(folder)).isDirectory()) await makeWritable(folder);
  await rm(folder, { recursive: true, force: true });
};

export const isThere = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

/** Folders alone, since who removes a file needs no right to it. Links are not followed. */
const makeWritable = async (folder: string): Promise<void> => {
  const folders = [folder];
  for (const one of folders) {
    await chmod(one, 0o755);
    const entries = await readdir(one, { withFileTypes: true });
    folders.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(one, name)));
  }
};
