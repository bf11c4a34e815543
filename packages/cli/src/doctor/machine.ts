import { statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { execa } from 'execa';
import type { Examination } from './examine.ts';

const gib = 1024 ** 3;

export const diskSpace: Examination = async ({ place }) => {
  const { bavail, bsize } = await statfs(place.directory);
  const freeGib = (bavail * bsize) / gib;
  const mend = `free some space on the disk of ${place.directory}`;
  if (freeGib < 1)
    return { what: 'disk', verdict: 'bad', found: `${words(freeGib)} free; builds and databases need 1 GB`, mend };
  if (freeGib < 5)
    return { what: 'disk', verdict: 'warn', found: `${words(freeGib)} free; kept releases fill it soon`, mend };
  return { what: 'disk', verdict: 'ok', found: `${words(freeGib)} free`, mend: null };
};

export const memory: Examination = async () => {
  const total = totalmem() / gib;
  const found = `${words(total)} in all, ${words(freemem() / gib)} free, ${cpus().length} cores`;
  const isEnough = total >= 3.5;
  return {
    what: 'memory',
    verdict: isEnough ? 'ok' : 'warn',
    found,
    mend: isEnough ? null : 'three environments with two replicas a service want 4 GB',
  };
};

/** Node raises the soft limit to the hard one for itself, so the hard one counts. */
export const fileLimit: Examination = async () => {
  const { stdout } = await execa('sh', ['-c', 'ulimit -Hn']);
  const limit = stdout.trim() === 'unlimited' ? Number.POSITIVE_INFINITY : Number(stdout);
  const isEnough = limit >= 4096;
  return {
    what: 'open files',
    verdict: isEnough ? 'ok' : 'warn',
    found: `at most ${stdout.trim()}`,
    mend: isEnough ? null : 'raise it (ulimit -n 4096), or many visitors at once will be refused',
  };
};

const words = (amountGib: number): string => `${amountGib.toFixed(1)} GB`;
