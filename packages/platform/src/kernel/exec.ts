import type { Readable } from 'node:stream';
import { Failure } from '@plumbline/contract/failure';
import { execa } from 'execa';
import { splitLines } from './lines.ts';

export interface ExecOptions {
  readonly cwd: string;
  /** Exactly what the child gets: nothing is inherited, not even PATH. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Default none. */
  readonly timeoutMs?: number;
  /** From TERM to KILL. Default 5 s. */
  readonly graceMs?: number;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly stdin?: string;
  /** How many of the last lines are kept. Default 50. */
  readonly tailLines?: number;
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it was stopped before its own end, if it was. */
  readonly stopped: 'aborted' | 'timed out' | null;
  readonly ms: number;
  /** The last lines of both streams, in the order in which they came. */
  readonly tail: readonly string[];
}

/**
 * Runs a program, never a shell, in a process group of its own. Aborted or out of time, the whole group gets TERM and,
 * after the grace, KILL; what the program leaves behind in its group at its end is killed as well. How it ended is an
 * answer, not an error; only a program that cannot be started is: Failure('command-failed').
 */
export const exec = async (file: string, args: readonly string[], options: ExecOptions): Promise<Ended> => {
  const { graceMs = 5_000, timeoutMs, signal, tailLines = 50 } = options;
  const started = performance.now();
  if (signal?.aborted) return { code: null, signal: null, stopped: 'aborted', ms: 0, tail: [] };
  const child = execa(file, args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    // A group of its own: what the program starts is ended with it.
    detached: true,
    // execa's own clean-up would end the program alone; below, its group is ended.
    cleanup: false,
    buffer: false,
    reject: false,
    stripFinalNewline: false,
    ...(options.stdin === undefined ? { stdin: 'ignore' } : { input: options.stdin }),
  });
  const { pid } = child;
  const tail: string[] = [];
  const read = (stream: Readable, name: 'stdout' | 'stderr') =>
    splitLines(stream, (line) => {
      tail.push(line);
      if (tail.length > tailLines) tail.shift();
      options.onLine?.(line, name);
    });
  const reading = Promise.all([read(child.stdout, 'stdout'), read(child.stderr, 'stderr')]);
  const ending = endOnRequest(pid, { signal, timeoutMs, graceMs });
  try {
    const exited = await new Promise<Exit>((resolve, reject) => {
      child.once('exit', (code, by) => resolve({ code, by }));
      child.once('error', (cause) => reject(notStarted(file, cause)));
    });
    killGroup(pid, 'SIGKILL');
    await reading;
    const ms = Math.round(performance.now() - started);
    return { code: exited.code, signal: exited.by, stopped: ending.stopped(), ms, tail };
  } finally {
    ending.forget();
    await child.catch(() => undefined);
  }
};

/** What a command's failure is told as: which one, how it ended, and its last lines. */
export const commandFailed = (file: string, args: readonly string[], ended: Ended, hint?: string): Failure => {
  const how = ended.stopped ?? (ended.signal === null ? `exit ${ended.code}` : `ended by ${ended.signal}`);
  const lines = ended.tail.slice(-20).join('\n');
  return new Failure(
    'command-failed',
    `${[file, ...args].join(' ')}: ${how} after ${(ended.ms / 1000).toFixed(1)} s${lines === '' ? ', without a word' : `:\n${lines}`}`,
    hint === undefined ? {} : { hint },
  );
};

interface Exit {
  readonly code: number | null;
  readonly by: NodeJS.Signals | null;
}

interface Limits {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly graceMs: number;
}

/** TERM to the group when it is aborted or out of time, KILL after the grace; KILL at once when this process ends. */
const endOnRequest = (pid: number | undefined, { signal, timeoutMs, graceMs }: Limits) => {
  let stopped: Ended['stopped'] = null;
  let killing: NodeJS.Timeout | undefined;
  const stop = (why: 'aborted' | 'timed out') => {
    if (stopped !== null) return;
    stopped = why;
    killGroup(pid, 'SIGTERM');
    killing = setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs);
  };
  const onAbort = () => stop('aborted');
  const onExit = () => killGroup(pid, 'SIGKILL');
  const timeout = timeoutMs === undefined ? undefined : setTimeout(() => stop('timed out'), timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  process.once('exit', onExit);
  return {
    stopped: () => stopped,
    forget: () => {
      clearTimeout(timeout);
      clearTimeout(killing);
      signal?.removeEventListener('abort', onAbort);
      process.off('exit', onExit);
    },
  };
};

const killGroup = (pid: number | undefined, signal: NodeJS.Signals): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // The group has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

const notStarted = (file: string, cause: Error): Failure =>
  new Failure('command-failed', `${file} cannot be started: ${cause.message}`, {
    cause,
    hint: 'Is it installed, and in the PATH that the command was given?',
  });
