import { readdirSync, readFileSync } from 'node:fs';
import { errorCode } from '../home/storage-failure.ts';
import { hasProc, type ProcessIdentity } from './identity.ts';
import type { Writer } from './output.ts';
import { signalGroup } from './running.ts';

const stillWithinMs = 50;

/** Holds a process group with SIGSTOP for the instant in which its output is cut. */
export const holdable = (identity: ProcessIdentity): Writer => ({
  hold: () => {
    signalGroup(identity, 'SIGSTOP');
    const deadline = performance.now() + stillWithinMs;
    while (!standsStill(identity.pid)) if (performance.now() > deadline) return false;
    return true;
  },
  letGo: () => signalGroup(identity, 'SIGCONT'),
});

/** For the output of a process that has ended. */
export const nobody: Writer = { hold: () => true, letGo: () => undefined };

/** A stop reaches each thread by itself, and a write that has begun ends first. */
const standsStill = (pid: number): boolean => {
  if (!hasProc) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return true;
  }
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      return 'TtZX'.includes(stat.charAt(stat.lastIndexOf(')') + 2));
    });
  } catch (error) {
    // It has ended, which is as still as can be.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return true;
    throw error;
  }
};
