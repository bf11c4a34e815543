import { Failure } from '@plumbline/contract/failure';
import type { Log } from '../log.ts';
import { backOffMs, forgivenAfterMs } from './back-off.ts';
import { end, type Launched, type Running } from './running.ts';
import { waitAtMost } from './wait.ts';

/** A server of the agent's own (PostgreSQL, Redis) and how it is found, started and asked whether it answers. */
export interface Daemon {
  readonly name: string;
  /** One that runs already, from before the agent was killed. */
  find(): Promise<Running | null>;
  launch(): Promise<Launched>;
  answers(): Promise<boolean>;
  /** The signal that ends it well. */
  readonly stopSignal: NodeJS.Signals;
  readonly stopWithinMs: number;
}

export type DaemonState =
  | { readonly is: 'starting'; readonly because: string | null }
  | { readonly is: 'running'; readonly pid: number }
  | { readonly is: 'down'; readonly because: string };

const startWithinMs = 60_000;

/** Starts a daemon and starts it again whenever it dies, with back-off; one that runs already is taken over. */
export class Kept {
  readonly #daemon: Daemon;
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #stopping = new AbortController();
  readonly #life: Promise<void>;
  #state: DaemonState = { is: 'starting', because: null };
  #waiting: (() => void)[] = [];

  constructor(daemon: Daemon, log: Log, changed: () => void) {
    this.#daemon = daemon;
    this.#log = log;
    this.#changed = changed;
    // Nobody waits for its life before `stop`; what it throws is told in its state, and again to the one who stops.
    this.#life = this.#live();
    this.#life.catch((error: unknown) => this.#become({ is: 'down', because: String(error) }));
  }

  state(): DaemonState {
    return this.#state;
  }

  /** Resolves when it answers; fails when it does not within the time. */
  async untilItRuns(withinMs: number, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (this.#state.is !== 'running') {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || this.#stopping.signal.aborted) throw notRunning(this.#daemon.name, this.#state, withinMs);
      signal.throwIfAborted();
      // A timer left behind would keep the process of the one who waits.
      const next = new AbortController();
      this.#waiting.push(() => next.abort());
      await waitAtMost(leftMs, AbortSignal.any([next.signal, signal, this.#stopping.signal]));
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#life;
  }

  async #live(): Promise<void> {
    const stopping = this.#stopping.signal;
    for (let crashes = 0; !stopping.aborted; ) {
      const startedAt = performance.now();
      const because = await liveOnce(this.#daemon, stopping, (state) => this.#become(state));
      if (stopping.aborted) return;
      crashes = performance.now() - startedAt > forgivenAfterMs ? 1 : crashes + 1;
      this.#become({ is: 'down', because });
      await waitAtMost(backOffMs(crashes), stopping);
      if (!stopping.aborted) this.#become({ is: 'starting', because });
    }
  }

  #become(state: DaemonState): void {
    this.#state = state;
    this.#log(state.is === 'down' ? 'warn' : 'info', 'a server changed', { server: this.#daemon.name, ...state });
    const woken = this.#waiting;
    this.#waiting = [];
    for (const wake of woken) wake();
    this.#changed();
  }
}

/** One life of the daemon, to its end; says how it ended. */
const liveOnce = async (
  daemon: Daemon,
  stopping: AbortSignal,
  become: (state: DaemonState) => void,
): Promise<string> => {
  const running = await findOrLaunch(daemon);
  if (typeof running === 'string') return running;
  const over = new AbortController();
  running.ended.then(() => over.abort());
  const overOrStopping = AbortSignal.any([stopping, over.signal]);
  const isAnswering = await untilItAnswers(daemon, overOrStopping);
  if (isAnswering) {
    become({ is: 'running', pid: running.identity.pid });
    await aborted(overOrStopping);
  }
  if (over.signal.aborted) return running.ended;
  await end(running, stopping.aborted ? daemon.stopSignal : 'SIGQUIT', daemon.stopWithinMs);
  return stopping.aborted ? running.ended : `did not answer within ${startWithinMs / 1000} s`;
};

/** False when the signal came first, or the time was over. */
const untilItAnswers = async (daemon: Daemon, signal: AbortSignal): Promise<boolean> => {
  const deadline = performance.now() + startWithinMs;
  while (!signal.aborted && performance.now() < deadline) {
    if (await daemon.answers()) return !signal.aborted;
    await waitAtMost(25, signal);
  }
  return false;
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const findOrLaunch = async (daemon: Daemon): Promise<Running | string> => {
  try {
    const found = await daemon.find();
    if (found) return found;
    const launched = await daemon.launch();
    return launched.started ? launched.running : launched.because;
  } catch (error) {
    // A full disk or an unreadable folder may be mended: it is told, and tried again.
    if (error instanceof Failure) return error.hint ? `${error.message} (${error.hint})` : error.message;
    throw error;
  }
};

const notRunning = (name: string, state: DaemonState, withinMs: number): Failure =>
  new Failure('database-unreachable', `${name} did not answer within ${withinMs / 1000} s: ${reasonOf(state)}`, {
    hint: 'its own log says more: see the folder databases or redis in the home of Plumbline',
  });

const reasonOf = (state: DaemonState): string =>
  state.is === 'running' ? 'it runs' : (state.because ?? `it is ${state.is}`);
