import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, stillRuns } from '@plumbline/agent/processes/identity';
import { signalPid } from '@plumbline/agent/processes/running';
import { Failure } from '@plumbline/contract/failure';
import { tellAgentToStop } from './agent-socket.ts';
import { findAgent, findControlPlane, livingSupervisor } from './daemons.ts';

export interface Living {
  readonly name: string;
  readonly process: ProcessIdentity;
}

const drainWithinMs = 60_000;
const stopWithinMs = 150_000;

/** What of a home runs: the start that supervises, or what a killed one left behind. */
export const livingOf = async (home: string): Promise<readonly Living[]> => {
  const supervisor = await livingSupervisor(home);
  if (supervisor) return [{ name: 'plumb start', process: supervisor }];
  const [controlPlane, agent] = await Promise.all([findControlPlane(home), findAgent(home)]);
  return [
    ...(controlPlane ? [{ name: 'the control plane', process: controlPlane.identity }] : []),
    ...(agent ? [{ name: 'the agent', process: agent.identity }] : []),
  ];
};

/** Asks everything of a home to drain and end, and waits for it; answers what it has ended. */
export const bringDown = async (home: string, signal: AbortSignal): Promise<readonly Living[]> => {
  const all = await livingOf(home);
  for (const one of all) {
    if (one.name === 'the agent') await tellAgentToStop(home, drainWithinMs);
    else signalPid(one.process.pid, 'SIGTERM');
    await untilEnded(one, signal);
  }
  return all;
};

const untilEnded = async ({ name, process }: Living, signal: AbortSignal): Promise<void> => {
  const deadline = performance.now() + stopWithinMs;
  while (stillRuns(process)) {
    if (signal.aborted) throw new Failure('interrupted', `${name} (process ${process.pid}) is still stopping`);
    if (performance.now() > deadline) {
      throw new Failure('deadline', `${name} (process ${process.pid}) has not ended within ${stopWithinMs / 1000} s`, {
        hint: `its log is in the folder logs of the home; kill -9 ${process.pid} ends it at once`,
      });
    }
    await sleep(100, undefined, { signal }).catch(() => undefined);
  }
};
