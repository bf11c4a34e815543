import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Failure } from '@plumbline/contract/failure';

const run = promisify(execFile);

/** The user who runs PostgreSQL, which refuses root: none given means the present one. */
export interface RunsAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** As root the user `postgres`, who is made where there is none. */
export const whoRunsPostgres = async (): Promise<RunsAs> => {
  if (process.getuid?.() !== 0) return {};
  const known = await idsOf('postgres');
  if (known) return known;
  await addUser('postgres');
  const added = await idsOf('postgres');
  if (added) return added;
  throw new Failure('command-failed', 'the user postgres was added but cannot be found');
};

const idsOf = async (user: string): Promise<RunsAs | null> => {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (error) {
    // id ends with 1 for a user that is not there.
    if (error instanceof Error && 'code' in error && error.code === 1) return null;
    throw error;
  }
};

const addUser = async (user: string): Promise<void> => {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', user]);
  } catch (cause) {
    throw new Failure('command-failed', `PostgreSQL does not run as root, and the user ${user} cannot be added`, {
      cause,
      hint: 'add a user "postgres" to this machine, or run Plumbline as an ordinary user',
    });
  }
};
