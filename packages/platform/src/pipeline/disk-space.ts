import { statfs } from 'node:fs/promises';
import { Failure } from '@plumbline/contract/failure';

/** Kept free for everything else that writes there. */
const spareBytes = 64 * 1024 * 1024;

/** Throws `disk-full` when the folder's disk has no room for so many bytes more. */
export const needSpace = async (folder: string, bytes: number, what: string): Promise<void> => {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + spareBytes) return;
  throw new Failure(
    'disk-full',
    `${what} needs ${megabytes(bytes + spareBytes)} in ${folder}, where ${megabytes(free)} are free`,
    {
      hint: makeRoom,
    },
  );
};

/** The disk's own complaint in our words; every other error stays what it is. */
export const asDiskFull = (error: unknown, folder: string, what: string): unknown => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new Failure('disk-full', `${what}: no space is left in ${folder}`, { cause: error, hint: makeRoom });
};

/** What a program prints that ran out of space. */
export const saysDiskFull = (lines: readonly string[]): boolean =>
  lines.some((line) => /ENOSPC|EDQUOT|no space left on device/i.test(line));

export const makeRoom = 'make room and try again: nothing was left half done';

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024).toLocaleString('en')} MB`;
