import { identify, processIdentity, stillRuns } from '@plumbline/agent/processes/identity';
import type { Daemon } from '@plumbline/agent/processes/keep-running';
import { adopt, launch, type Running } from '@plumbline/agent/processes/running';
import { readControlFile, readIfThere } from '../connection.ts';
import { askAgent } from './agent-socket.ts';
import { logFile, rotate } from './log-files.ts';

/** What the supervisor keeps running: where, with which variables, from which program. */
export interface Supervised {
  readonly home: string;
  readonly directory: string;
  /** Node's arguments: the program and its options. */
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Draining may take as long as the longest request of the app is given. */
const agentStopsWithinMs = 120_000;
const controlPlaneStopsWithinMs = 20_000;

/** The data plane: one that lives is taken over, never doubled. */
export const agentDaemon = (supervised: Supervised): Daemon => ({
  name: 'the agent',
  find: () => findAgent(supervised.home),
  launch: launcher('agent', supervised),
  answers: async () => (await askAgent(supervised.home)) !== null,
  stopSignal: 'SIGTERM',
  stopWithinMs: agentStopsWithinMs,
});

/** The control plane: an earlier supervisor may have been killed and left it running. */
export const controlPlaneDaemon = (supervised: Supervised): Daemon => ({
  name: 'the control plane',
  find: () => findControlPlane(supervised.home),
  launch: launcher('server', supervised),
  answers: async () => (await answeringControlPlane(supervised.home)) !== null,
  stopSignal: 'SIGTERM',
  stopWithinMs: controlPlaneStopsWithinMs,
});

export const findAgent = async (home: string): Promise<Running | null> => {
  const status = await askAgent(home);
  const identity = status === null ? null : identify(status.pid);
  return identity === null ? null : adopt(identity);
};

export const findControlPlane = async (home: string): Promise<Running | null> => {
  const pid = await answeringControlPlane(home);
  const identity = pid === null ? null : identify(pid);
  return identity === null ? null : adopt(identity);
};

/** The pid of the control plane that wrote the home's control file, when it answers there by the same name. */
const answeringControlPlane = async (home: string): Promise<number | null> => {
  const control = await readControlFile(home);
  if (control === null || identify(control.pid) === null) return null;
  try {
    const answer = await fetch(`${control.url}/api/health`, { signal: AbortSignal.timeout(2_000) });
    const health: unknown = await answer.json();
    const isIt =
      typeof health === 'object' && health !== null && 'instance' in health && health.instance === control.instance;
    return isIt ? control.pid : null;
  } catch {
    // Whatever does not answer in JSON there is not our control plane.
    return null;
  }
};

/** Its output goes to a file of this start; a restart writes on where the dead one stopped. */
const launcher = (name: string, { home, directory, command, variables }: Supervised): Daemon['launch'] => {
  const file = logFile(home, name);
  let isFirst = true;
  return async () => {
    if (isFirst) await rotate(file);
    isFirst = false;
    return launch({
      command: [process.execPath, ...command],
      folder: directory,
      variables,
      stdout: file,
      stderr: file,
    });
  };
};

/** The supervisor that holds a home, from its lock; null when none lives. */
export const livingSupervisor = async (home: string) => {
  const text = await readIfThere(`${home}/start.json`);
  const identity = text === null ? null : processIdentity.parse(JSON.parse(text));
  return identity !== null && stillRuns(identity) ? identity : null;
};
