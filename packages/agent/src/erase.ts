import { existsSync } from 'node:fs';
import { chmod, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { takeLock } from './home/lock.ts';
import { errorCode, storageFailure } from './home/storage-failure.ts';
import { eraseDatabases } from './stores/database-folder.ts';

/** Removes a home and the databases of it that lie elsewhere. Refuses while its agent runs. */
export const eraseHome = async (named: string): Promise<void> => {
  if (!existsSync(named)) return;
  // The agent writes its home's real path beside the databases.
  const home = await realpath(named);
  const lock = takeLock(path.join(home, 'agent.lock'));
  if (!lock.taken)
    throw new Failure('conflict', `the agent of ${home} runs, as process ${lock.holder.pid}`, {
      hint: 'stop it first: plumb stop',
    });
  try {
    await eraseDatabases(home);
    await removeAll(home);
  } catch (error) {
    throw storageFailure(error, home);
  }
};

/** Unpacked artefacts are read-only, and only root removes what lies in a folder that nobody may write to. */
const removeAll = async (folder: string): Promise<void> => {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error;
    await makeWritable(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};

/**
 * Folders alone, since who removes a file needs no right to it. Links are not followed. The removal that was refused
 * somewhere may still go on elsewhere, so that what was listed is gone by now.
 */
const makeWritable = async (folder: string): Promise<void> => {
  const folders = [folder];
  for (const one of folders) {
    await chmod(one, 0o700).catch(unlessGone);
    const entries = (await readdir(one, { withFileTypes: true }).catch(unlessGone)) ?? [];
    folders.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(one, name)));
  }
};

const unlessGone = (error: unknown): undefined => {
  if (errorCode(error) !== 'ENOENT') throw error;
};
