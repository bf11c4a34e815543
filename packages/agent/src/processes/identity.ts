import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process beyond doubt: pids are reused, a pid together with when it started is not. */
export const processIdentity = z.object({
  pid: z.int().positive(),
  /** Boot and clock ticks since, or the start time as `ps` prints it: only to be compared. */
  started: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentity>;

/** The process that has the pid now; null when there is none, or when it has ended and merely waits for its parent. */
export const identify = (pid: number): ProcessIdentity | null => (hasProc ? fromProc(pid) : fromPs(pid));

export const stillRuns = (one: ProcessIdentity): boolean => identify(one.pid)?.started === one.started;

export const ownIdentity = (): ProcessIdentity => {
  const own = identify(process.pid);
  if (own === null) throw new Error(`process ${process.pid} cannot find itself`);
  return own;
};

/** Whether the system has /proc, which also tells what environment and folder a process has. */
export const hasProc = existsSync('/proc/self/stat');

const fromProc = (pid: number): ProcessIdentity | null => {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name in parentheses may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' || ticks === undefined ? null : { pid, started: `${boot()}:${ticks}` };
};

let bootId: string | undefined;
const boot = (): string => {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootId;
};

const fromPs = (pid: number): ProcessIdentity | null => {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state, ...started] = line.split(/\s+/);
    return state === undefined || state.startsWith('Z') ? null : { pid, started: started.join(' ') };
  } catch (error) {
    // ps ends with 1 and no output when there is no such process.
    if (error instanceof Error && 'status' in error && error.status === 1) return null;
    throw error;
  }
};

const readIfThere = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // ESRCH: it ended between opening and reading.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return null;
    throw error;
  }
};
