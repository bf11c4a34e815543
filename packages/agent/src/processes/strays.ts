import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../home/storage-failure.ts';
import { hasProc, identify, type ProcessIdentity, stillRuns } from './identity.ts';
import { signalPid } from './running.ts';

export interface Seen extends ProcessIdentity {
  readonly group: number;
}

/** Processes whose variables hold `name=value`. Nothing where the system has no /proc. */
export const processesWithVariable = (name: string, startsWith: string): readonly Seen[] =>
  processesWhere((pid) => {
    const variables = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return variables.some((variable) => variable.startsWith(`${name}=${startsWith}`));
  });

/** Processes that work in a folder. Nothing where the system has no /proc. */
export const processesIn = (folder: string): readonly Seen[] =>
  processesWhere((pid) => readlinkSync(`/proc/${pid}/cwd`) === folder);

/** Ends processes that nobody is to have: `first`, then KILL for those that are still there after the grace. */
export const endStrays = async (strays: readonly ProcessIdentity[], first: NodeJS.Signals, graceMs: number) => {
  for (const one of strays) if (stillRuns(one)) signalPid(one.pid, first);
  const deadline = performance.now() + graceMs;
  while (strays.some(stillRuns) && performance.now() < deadline) await pause(20);
  for (const one of strays) if (stillRuns(one)) signalPid(one.pid, 'SIGKILL');
  while (strays.some(stillRuns)) await pause(20);
};

const processesWhere = (is: (pid: number) => boolean): readonly Seen[] => {
  if (!hasProc) return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    const pid = Number(name);
    if (pid === process.pid || !unlessGone(() => is(pid))) return [];
    const identity = identify(pid);
    const group = unlessGone(() => groupOf(pid));
    return identity && group ? [{ ...identity, group }] : [];
  });
};

const groupOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
};

/** Undefined when it ended meanwhile, or is another user's and so none of ours. */
const unlessGone = <T>(look: () => T): T | undefined => {
  try {
    return look();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
};
