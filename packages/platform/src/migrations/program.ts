import { Failure } from '@plumbline/contract/failure';
import type { ProblemCode } from '@plumbline/contract/problem';
import { commandFailed, exec } from '../kernel/exec.ts';

export interface Program {
  /** What it does, for messages: `seeding`. */
  readonly what: string;
  /** The code of its failure. */
  readonly code: ProblemCode;
  readonly run: readonly string[];
  /** The unpacked artefact. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program of an artefact to its end. */
export const runProgram = async ({
  what,
  code,
  run,
  folder,
  variables,
  timeoutMs,
  onProgress,
  signal,
}: Program): Promise<void> => {
  const [file = '', ...args] = run;
  const ended = await exec(file, args, {
    cwd: folder,
    env: variables,
    timeoutMs,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onLine: (line: string) => onProgress(line) } : {}),
  });
  if (ended.code === 0 && ended.stopped === null) return;
  if (ended.stopped === 'aborted') throw new Failure('interrupted', `${what} was interrupted`);
  throw new Failure(code, `${what}: ${commandFailed(file, args, ended).message}`);
};
