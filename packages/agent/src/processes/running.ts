import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../home/storage-failure.ts';
import { identify, type ProcessIdentity, stillRuns } from './identity.ts';

/** How a process ended, in words that follow its name: "exited with code 1". */
export type Ended = string;

/** A process in a group of its own, which lives on when the agent dies. */
export interface Running {
  readonly identity: ProcessIdentity;
  readonly ended: Promise<Ended>;
}

export interface Program {
  readonly command: readonly string[];
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Files, not pipes: what is written is kept while nobody reads, and nobody's death breaks a write. */
  readonly stdout: string;
  readonly stderr: string;
  readonly runsAs?: { readonly uid?: number; readonly gid?: number };
}

export type Launched =
  | { readonly started: true; readonly running: Running }
  | { readonly started: false; readonly because: string };

/** Starts a process. That its program or folder is not there is an answer, not an exception. */
export const launch = async (program: Program): Promise<Launched> => {
  const [file, ...args] = program.command;
  if (file === undefined) return { started: false, because: 'has no start command' };
  const noFolder = await missingFolder(program.folder);
  if (noFolder) return { started: false, because: noFolder };
  const [stdout, stderr] = [openSync(program.stdout, 'a', 0o600), openSync(program.stderr, 'a', 0o600)];
  try {
    const child = spawn(file, args, {
      cwd: program.folder,
      env: program.variables,
      stdio: ['ignore', stdout, stderr],
      detached: true,
      ...program.runsAs,
    });
    const ended = new Promise<Ended>((resolve) => {
      child.once('exit', (code, signal) => resolve(inWords(code, signal)));
      child.once('error', () => resolve('did not start'));
    });
    await once(child, 'spawn');
    // Its parent has not waited for it yet, so even one that ended at once still has its pid.
    const pid = child.pid ?? 0;
    return { started: true, running: { identity: identify(pid) ?? { pid, started: 'ended at once' }, ended } };
  } catch (error) {
    return { started: false, because: `cannot be started: ${file}: ${errorCode(error) ?? String(error)}` };
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
};

const adoptedPollMs = 100;

/** Takes over a process that an earlier agent started. It is not our child, so its exit code is not to be had. */
export const adopt = (identity: ProcessIdentity): Running => ({ identity, ended: pollUntilEnded(identity) });

const pollUntilEnded = async (identity: ProcessIdentity): Promise<Ended> => {
  while (stillRuns(identity)) await pause(adoptedPollMs);
  return 'ended (an earlier agent had started it, so its exit code is not known)';
};

/** TERM to the whole group, then KILL for what is left of it when the process has ended or the grace is over. */
export const end = async (running: Running, first: NodeJS.Signals, graceMs: number): Promise<void> => {
  signalGroup(running.identity, first);
  // One that was stopped (SIGSTOP) hears nothing else before it is let go on.
  signalGroup(running.identity, 'SIGCONT');
  const timeout = new AbortController();
  await Promise.race([running.ended, pause(graceMs, undefined, { signal: timeout.signal }).catch(unlessAborted)]);
  timeout.abort();
  killGroup(running.identity);
  await running.ended;
};

/** Sent to its process group, if it is still the same process. */
export const signalGroup = (identity: ProcessIdentity, signal: NodeJS.Signals): void => {
  if (stillRuns(identity)) signalPid(-identity.pid, signal);
};

/** Its group may outlive it. When the pid is somebody else's by now, so is the group of that number. */
export const killGroup = (identity: ProcessIdentity): void => {
  const now = identify(identity.pid);
  if (now === null || now.started === identity.started) signalPid(-identity.pid, 'SIGKILL');
};

export const signalPid = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
};

const inWords = (code: number | null, signal: NodeJS.Signals | null): Ended =>
  signal === null ? `exited with code ${code}` : `was killed by ${signal}`;

const missingFolder = async (folder: string): Promise<string | null> => {
  try {
    return (await stat(folder)).isDirectory() ? null : `cannot be started: ${folder} is not a folder`;
  } catch (error) {
    return `cannot be started: its folder ${folder} cannot be read (${errorCode(error) ?? String(error)})`;
  }
};

const unlessAborted = (error: unknown): void => {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
};
