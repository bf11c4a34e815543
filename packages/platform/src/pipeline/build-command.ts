import { access } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { commandFailed, type Ended, exec } from '../kernel/exec.ts';
import { makeRoom, saysDiskFull } from './disk-space.ts';

export interface Command {
  /** Whose it is, for messages: `backend`. */
  readonly of: string;
  readonly run: readonly string[];
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs an app's own command; anything but exit 0 is a `build-failed` with what it printed. */
export const runCommand = async (command: Command): Promise<Ended> => succeeded(command, await askCommand(command));

/** The end of a command that has to succeed; any other is a `build-failed` with what it printed. */
export const succeeded = (command: Command, ended: Ended): Ended => {
  if (ended.code === 0 && ended.stopped === null) return ended;
  throw asBuildFailure(command, ended);
};

/** Runs an app's own command; how it ended is the caller's to judge. Throws `interrupted` when it was aborted. */
export const askCommand = async ({ of, run, folder, variables, timeoutMs, signal }: Command): Promise<Ended> => {
  const [file = '', ...args] = run;
  const options = { cwd: folder, env: variables, timeoutMs, tailLines: 200, ...(signal ? { signal } : {}) };
  const ended = await exec(file, args, options);
  if (ended.stopped === 'aborted') throw new Failure('interrupted', `${of}: ${run.join(' ')}: interrupted`);
  return { ...ended, tail: withoutUsage(ended.tail) };
};

const asBuildFailure = ({ of, run }: Command, ended: Ended): Failure => {
  const [file = '', ...args] = run;
  const said = commandFailed(file, args, ended).message;
  if (saysDiskFull(ended.tail)) return new Failure('disk-full', `${of}: ${said}`, { hint: makeRoom });
  const hint = isUnreachable(ended.tail)
    ? "the package registry was not reached, and npm's cache does not have everything: try again when the network is back"
    : undefined;
  return new Failure('build-failed', `${of}: ${said}`, hint === undefined ? {} : { hint });
};

/** npm explains all its options after some errors, which would push the error itself out of sight. */
const withoutUsage = (lines: readonly string[]): readonly string[] => {
  const usage = lines.findIndex((line) => /^npm error (Usage:|Clean install a project)/.test(line));
  if (usage < 0) return lines;
  return [...lines.slice(0, usage), ...lines.slice(usage).filter((line) => !line.startsWith('npm error'))];
};

/** What programs print when the network, not the app, is to blame. */
export const isUnreachable = (lines: readonly string[]): boolean =>
  lines.some((line) =>
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network (request|timeout)|socket hang up/i.test(
      line,
    ),
  );

/** `npm ci` where the folder has a lock file; nothing where it has none, or where the description says otherwise. */
export const installOf = async (
  folder: string,
  described: readonly string[] | null | undefined,
): Promise<readonly string[] | null> => {
  if (described) return described;
  return (await hasLockFile(folder)) ? ['npm', 'ci'] : null;
};

export const hasLockFile = (folder: string): Promise<boolean> => isReadable(path.join(folder, 'package-lock.json'));

export const isReadable = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
