import { createHash } from 'node:crypto';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';

/** Linux allows 107 bytes, macOS 103; some room is left for the names that programs add. */
const longest = 100;

/** Where the agent of a home listens: in the home, or in a short folder of ours where the home's path is too long. */
export const socketPath = async (home: string): Promise<string> => {
  const usual = path.join(home, 'agent.sock');
  if (Buffer.byteLength(usual) <= longest) return usual;
  const folder = path.join(tmpdir(), `plumb-${hashOf(home)}`);
  await mkdir(folder, { mode: 0o700 }).catch(unlessThere);
  await assertOurs(folder);
  return path.join(folder, 'agent.sock');
};

/** The short folder is for this one socket. */
export const removeSocketFolder = async (home: string, socket: string): Promise<void> => {
  if (path.dirname(socket) !== home) await rm(path.dirname(socket), { recursive: true, force: true });
};

/** Short and the same for one home always. */
export const hashOf = (home: string): string => createHash('sha256').update(home).digest('hex').slice(0, 12);

const unlessThere = (error: unknown): void => {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
};

/** Everybody may write to the temporary folder, so somebody else may have put a folder or a link there before us. */
const assertOurs = async (folder: string): Promise<void> => {
  const stat = await lstat(folder);
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0) return;
  throw new Failure('data-unreadable', `${folder} is not a folder of ours alone`, {
    hint: `remove ${folder}, or set PLUMBLINE_HOME to a shorter path so that it is not needed`,
  });
};
