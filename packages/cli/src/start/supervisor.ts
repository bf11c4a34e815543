import { identify, stillRuns } from '@plumbline/agent/processes/identity';
import { type Daemon, type DaemonState, Kept } from '@plumbline/agent/processes/keep-running';
import { killGroup } from '@plumbline/agent/processes/running';
import { Failure } from '@plumbline/contract/failure';
import { lastLines, logFile } from './log-files.ts';

export interface Daemons {
  readonly agent: Daemon;
  readonly controlPlane: Daemon;
}

/** Keeps agent and control plane running until it is told to stop them. */
export interface Supervisor {
  /** Starts them, the agent first, since the control plane's database is with it. Fails when one cannot start. */
  start(): Promise<void>;
  /** Stops them, the control plane first. */
  stop(): Promise<void>;
  /** What `stop` waits for at the moment, in words. */
  awaited(): string;
  /** Kills what `stop` waits for. */
  force(): void;
}

/** So often may a process die before it has answered at all; then it is not worth trying again. */
const earlyDeaths = 2;
const startWithinMs = 120_000;

export const createSupervisor = (home: string, daemons: Daemons, tell: (sentence: string) => void): Supervisor => {
  const agent = watched(daemons.agent, logFile(home, 'agent'), tell);
  const controlPlane = watched(daemons.controlPlane, logFile(home, 'server'), tell);
  let stopping: Watched | null = null;
  return {
    start: async () => {
      await agent.start();
      await controlPlane.start();
    },
    stop: async () => {
      for (const one of [controlPlane, agent]) {
        stopping = one;
        await one.stop();
      }
      stopping = null;
    },
    awaited: () => (stopping === null ? 'nothing' : `${stopping.name} (process ${stopping.pid() ?? 'not started'})`),
    force: () => stopping?.kill(),
  };
};

interface Watched {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  pid(): number | null;
  kill(): void;
}

const watched = (daemon: Daemon, log: string, tell: (sentence: string) => void): Watched => {
  let kept: Kept | null = null;
  let pid: number | null = null;
  let deaths = 0;
  let whenDead: (because: string) => void = () => undefined;
  const changed = (): void => {
    const state: DaemonState | undefined = kept?.state();
    if (state?.is === 'running') {
      if (pid !== null && pid !== state.pid) tell(`${daemon.name} is back (process ${state.pid})`);
      pid = state.pid;
    }
    if (state?.is !== 'down') return;
    deaths += 1;
    if (pid !== null) tell(`${daemon.name} ${state.because}; it is started again`);
    else if (deaths >= earlyDeaths) whenDead(state.because);
  };
  return {
    name: daemon.name,
    pid: () => pid,
    start: async () => {
      const dead = new Promise<never>((_, reject) => {
        whenDead = (because) => void failure(daemon.name, because, log).then(reject);
      });
      kept = new Kept(daemon, () => undefined, changed);
      const runs = kept.untilItRuns(startWithinMs, new AbortController().signal);
      await Promise.race([runs, dead]).catch(async (error: unknown) => {
        if (!(error instanceof Failure) || error.code !== 'database-unreachable') throw error;
        throw await failure(daemon.name, `has not answered within ${startWithinMs / 1000} s`, log);
      });
      whenDead = () => undefined;
    },
    stop: async () => {
      await kept?.stop();
    },
    kill: () => {
      const identity = pid === null ? null : identify(pid);
      if (identity && stillRuns(identity)) killGroup(identity);
    },
  };
};

const failure = async (name: string, because: string, log: string): Promise<Failure> =>
  new Failure('command-failed', `${name} does not start: it ${because}`, {
    hint: [`the end of ${log}:`, ...(await lastLines(log, 8))].join('\n  '),
  });
