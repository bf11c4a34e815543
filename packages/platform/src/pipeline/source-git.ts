import { Failure } from '@plumbline/contract/failure';
import { type Ended, exec } from '../kernel/exec.ts';
import { makeRoom, saysDiskFull } from './disk-space.ts';

export interface GitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface GitAnswer extends Ended {
  readonly lines: readonly string[];
}

/**
 * How git reads a checkout that may be another user's, whatever that user's settings are: without writing to it, without
 * running what it configures, and with the bytes that were committed.
 */
const settings = [
  'safe.directory=*',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.autocrlf=false',
  'core.untrackedCache=false',
  'tar.umask=0022',
  'advice.addEmbeddedRepo=false',
].flatMap((setting) => ['-c', setting]);

const patienceMs = 120_000;

/** Asks git; how it ended is the caller's to judge. */
export const askGit = async (
  folder: string,
  args: readonly string[],
  { signal, variables }: GitOptions = {},
): Promise<GitAnswer> => {
  const lines: string[] = [];
  const ended = await exec('git', [...settings, ...args], {
    cwd: folder,
    env: { ...own(), ...variables },
    timeoutMs: patienceMs,
    onLine: (line, stream) => {
      if (stream === 'stdout') lines.push(line);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  if (ended.stopped === 'aborted') throw new Failure('interrupted', `git ${args[0]} in ${folder}: interrupted`);
  return { ...ended, lines };
};

/** The lines of its answer; anything but exit 0 is a failure that says what git said. */
export const git = async (
  folder: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<readonly string[]> => {
  const answer = await askGit(folder, args, options);
  if (answer.code === 0) return answer.lines;
  if (saysDiskFull(answer.tail))
    throw new Failure('disk-full', `git ${args.join(' ')}: no space is left to write to`, { hint: makeRoom });
  const words = answer.tail
    .filter((line) => line !== '')
    .slice(-5)
    .join('\n');
  throw new Failure(
    'command-failed',
    `git ${args.join(' ')} in ${folder}: exit ${answer.code ?? answer.stopped}: ${words}`,
  );
};

/** Variables such as GIT_DIR, which a hook sets, would lead git to another repository. */
const own = (): Record<string, string> => {
  const variables: Record<string, string> = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
  for (const name of ['PATH', 'HOME']) {
    const value = process.env[name];
    if (value !== undefined) variables[name] = value;
  }
  return variables;
};
