import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { removeReadOnly } from './read-only.ts';

/** A name for something that is being made, which tells whose it is: whoever died over it left nothing that counts. */
export const unfinishedName = (prefix = '.unfinished'): string =>
  `${prefix}-${process.pid}-${randomBytes(6).toString('hex')}`;

/** Removes what dead processes left unfinished in the folder under names with this prefix. */
export const sweepUnfinished = async (folder: string, prefix = '.unfinished'): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${prefix}-`)) continue;
    const pid = Number.parseInt(name.slice(prefix.length + 1), 10);
    if (pid > 0 && !isAlive(pid)) await removeReadOnly(path.join(folder, name));
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
