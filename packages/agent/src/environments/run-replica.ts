import { Failure } from '@plumbline/contract/failure';
import { freePort } from '../home/ports.ts';
import type { Log } from '../log.ts';
import { adopt, end, killGroup, launch, type Running } from '../processes/running.ts';
import type { Upstream } from '../router/table.ts';
import type { Group } from './desired.ts';
import * as facts from './facts.ts';
import { type HeldReplica, recordOf } from './held-replica.ts';
import type { Records, ReplicaRecord } from './records.ts';
import type { ReplicaAddress } from './variables.ts';
import { watchLiveness, watchReadiness } from './watch.ts';

export interface RunReplicaNeeds {
  readonly records: Records;
  readonly groupOf: (one: facts.Facts) => Group | undefined;
  readonly variablesOf: (
    group: Group,
    address: ReplicaAddress,
    signal: AbortSignal,
  ) => Promise<Readonly<Record<string, string>>>;
  readonly markOf: (replica: string) => string;
  readonly drain: (upstream: Upstream, withinMs: number, signal: AbortSignal) => Promise<{ readonly cut: number }>;
  /** Something that is observed or decided upon is other than before. */
  readonly changed: () => void;
  readonly log: Log;
}

/** How long a process has between TERM and KILL, in milliseconds. */
const graceMs = 10_000;

/** What is done with one replica: each an effect that tells its outcome by new facts. */
export class ReplicaRunner {
  readonly #needs: RunReplicaNeeds;
  readonly #stopping: AbortSignal;

  constructor(needs: RunReplicaNeeds, stopping: AbortSignal) {
    this.#needs = needs;
    this.#stopping = stopping;
  }

  become(one: HeldReplica, next: facts.Facts): void {
    const before = one.facts;
    one.facts = next;
    const isNewState = facts.stateOf(next) !== facts.stateOf(before);
    if (isNewState) this.#enter(one);
    // Probes that find all as before change their counts alone, which is nothing to decide upon.
    if (isNewState || next.life.is !== before.life.is || facts.becauseOf(next) !== facts.becauseOf(before))
      this.#needs.changed();
  }

  /** Writes its record. After a crash it is found by its mark all the same, so a full disk does not take it down. */
  write(one: HeldReplica, isGone = false): Promise<void> {
    return this.#tellFailure(this.#needs.records.write(recordOf(one, isGone)), one, 'a replica cannot be written down');
  }

  /** Starts its process; that it cannot is told by its facts. */
  async launch(one: HeldReplica, group: Group): Promise<void> {
    try {
      await this.#start(one, group);
    } catch (error) {
      if (one.facts.life.is === 'launching' && !this.#stopping.aborted)
        this.become(one, whyNotLaunched(one.facts, error));
    }
  }

  /** Goes on with a process that an earlier agent started. */
  adopt(one: HeldReplica, { process, wasReady }: ReplicaRecord): void {
    if (process === null) return;
    this.#take(one, adopt(process), process.port);
    one.wasReady = wasReady;
    one.facts = facts.adopted(one.facts, process.pid, process.port, wasReady, performance.now());
    this.#watch(one);
  }

  /** Resolves when it holds no request, or its time for that is over. */
  async drain(one: HeldReplica): Promise<void> {
    await one.launching;
    const { upstream, running, drainWithinMs: withinMs } = one;
    if (upstream === null || running === null) return;
    try {
      const { cut } = await this.#needs.drain(upstream, withinMs, this.#stopping);
      if (cut > 0) this.#needs.log('warn', 'requests were cut off', { replica: one.facts.id, cut, withinMs });
    } catch (error) {
      if (!this.#stopping.aborted) throw error;
    }
  }

  /** TERM, grace, KILL. */
  async end(one: HeldReplica): Promise<void> {
    await one.launching;
    one.watching?.abort();
    if (one.running) await end(one.running, 'SIGTERM', graceMs);
  }

  async #start(one: HeldReplica, group: Group): Promise<void> {
    const { id } = one.facts;
    const port = await freePort();
    await this.#needs.records.makeFolder(id);
    const signal = AbortSignal.any([this.#stopping, one.leaving.signal]);
    const address = { replica: id, port, mark: this.#needs.markOf(id) };
    const variables = await this.#needs.variablesOf(group, address, signal);
    if (one.facts.life.is !== 'launching') return;
    const { start: command, folder } = group.spec;
    const result = await launch({ command, folder, variables, stdout: one.stdout.file, stderr: one.stderr.file });
    if (result.started) this.#begin(one, result.running, port);
    else this.become(one, facts.notLaunched(one.facts, result.because, performance.now()));
  }

  #begin(one: HeldReplica, running: Running, port: number): void {
    this.#take(one, running, port);
    this.write(one);
    // It may have been retired while it started.
    if (one.facts.life.is !== 'launching') return;
    this.become(one, facts.launched(one.facts, running.identity.pid, port, performance.now()));
    this.#watch(one);
  }

  #take(one: HeldReplica, running: Running, port: number): void {
    one.running = running;
    one.upstream = { replica: one.facts.id, port, inFlight: 0 };
    running.ended.then((how) => {
      one.watching?.abort();
      // What it started itself and left behind goes with it.
      killGroup(running.identity);
      one.running = null;
      this.become(one, facts.ended(one.facts, how, performance.now()));
      if (one.facts.life.is === 'waiting') this.write(one);
    });
  }

  #watch(one: HeldReplica): void {
    const watching = new AbortController();
    one.watching = watching;
    const watched = {
      held: one,
      group: () => this.#needs.groupOf(one.facts),
      readiness: (outcome: facts.ProbeOutcome) => this.become(one, facts.probed(one.facts, outcome, performance.now())),
      liveness: (outcome: facts.ProbeOutcome) => {
        this.become(one, facts.probedLiveness(one.facts, outcome));
        if (!outcome.ok) this.#needs.changed();
      },
    };
    this.#tellFailure(watchReadiness(watched, watching.signal), one, 'readiness is not watched any more');
    this.#tellFailure(watchLiveness(watched, watching.signal), one, 'liveness is not watched any more');
  }

  #enter(one: HeldReplica): void {
    const { id: replica, service } = one.facts;
    const state = facts.stateOf(one.facts);
    one.sinceMs = Date.now();
    this.#needs.log('info', 'a replica changed', { replica, service, state, because: facts.becauseOf(one.facts) });
    if (state !== 'ready' || one.wasReady) return;
    one.wasReady = true;
    this.write(one);
  }

  #tellFailure(effect: Promise<void>, { facts: { id } }: HeldReplica, event: string): Promise<void> {
    return effect.catch((error: unknown) => this.#needs.log('error', event, { replica: id, error: String(error) }));
  }
}

/** Waiting for a store of the agent's own is no fault of the replica; all else is, since waiting alone does not mend it. */
const whyNotLaunched = (one: facts.Facts, error: unknown): facts.Facts => {
  const because = error instanceof Error ? error.message : String(error);
  return error instanceof Failure && error.code === 'database-unreachable'
    ? facts.heldBack(one, because, performance.now())
    : facts.notLaunched(one, because, performance.now());
};
