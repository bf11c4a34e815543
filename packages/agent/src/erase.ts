import { existsSync } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { takeLock } from './home/lock.ts';
import { storageFailure } from './home/storage-failure.ts';
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
    await rm(home, { recursive: true, force: true });
  } catch (error) {
    throw storageFailure(error, home);
  }
};
