import { access, constants, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { readControlFile } from '../connection.ts';
import type { Examination } from './examine.ts';

const usualPort = 4600;

export const ports: Examination = async ({ place }) => {
  const running = await readControlFile(place.home);
  if (running)
    return { what: 'ports', verdict: 'ok', found: `the control plane of this folder has ${running.url}`, mend: null };
  if (await isFree(usualPort)) return { what: 'ports', verdict: 'ok', found: `${usualPort} is free`, mend: null };
  return {
    what: 'ports',
    verdict: 'warn',
    found: `${usualPort} is taken by another program: the control plane takes another one`,
    mend: 'end that program, or choose a port with plumb start --port N',
  };
};

/** PostgreSQL refuses to run as root, so as root another user runs it, and that one must get to its programs and data. */
export const postgresReach: Examination = async ({ place }) => {
  const what = 'postgres';
  if (process.getuid?.() !== 0) return ordinaryReach(place.home);
  const known = await execa('id', ['-u', 'postgres'], { reject: false });
  const found =
    known.exitCode === 0 ? 'runs as the user postgres' : 'the user postgres is not there yet and will be added';
  const root = '/var/lib/plumbline';
  const can = await canMake(root);
  return {
    what,
    verdict: can ? 'ok' : 'bad',
    found: can ? `${found}, in ${root}` : `${root} cannot be made: the user postgres needs it for its data`,
    mend: can ? null : `make ${root} writable, or run Plumbline as an ordinary user`,
  };
};

const ordinaryReach = async (home: string) => {
  const can = await canMake(home);
  return {
    what: 'postgres',
    verdict: can ? ('ok' as const) : ('bad' as const),
    found: can ? `runs as you, in ${home}` : `${home} cannot be written`,
    mend: can ? null : 'run Plumbline in a folder of yours, or point PLUMBLINE_HOME to one',
  };
};

/** Whether a folder is there and writable, or can be made in the nearest one that is there. */
const canMake = async (folder: string): Promise<boolean> => {
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  if (!isThere) return dirname(folder) !== folder && canMake(dirname(folder));
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
