import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { commandFailed, exec } from '../kernel/exec.ts';
import { makeRoom, saysDiskFull } from './disk-space.ts';

export interface UnpackOptions {
  /** Leaves out the folder that all entries are in. Default false. */
  readonly strip?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks a tar into a folder, with the modes that it has. By the system's own tar: ten thousand files take it a second, and
 * would keep this process busy for ten.
 */
export const unpackTar = async (
  file: string,
  into: string,
  { strip = false, signal }: UnpackOptions = {},
): Promise<void> => {
  await mkdir(into, { recursive: true });
  const args = ['-xpf', file, '-C', into, '--no-same-owner', ...(strip ? ['--strip-components=1'] : [])];
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' };
  const ended = await exec('tar', args, { cwd: into, env, ...(signal ? { signal } : {}) });
  if (ended.stopped === 'aborted') throw new Failure('interrupted', `unpacking ${path.basename(file)} was interrupted`);
  if (ended.code === 0) return;
  if (saysDiskFull(ended.tail))
    throw new Failure('disk-full', `unpacking: no space is left in ${into}`, { hint: makeRoom });
  throw commandFailed('tar', args, ended);
};

/** Of a file's content, 64 hexadecimal digits. */
export const digestOfFile = async (file: string, signal?: AbortSignal): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, ...(signal ? { signal } : {}) }))
    hash.update(chunk);
  return hash.digest('hex');
};
