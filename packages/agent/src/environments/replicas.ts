import { holdable, nobody } from '../processes/hold.ts';
import { rotateInPassing } from '../processes/output.ts';
import type { Upstream } from '../router/table.ts';
import type { Action } from './decide.ts';
import type { Group } from './desired.ts';
import * as facts from './facts.ts';
import { type HeldReplica, hold, outputsIn, recordOf, sourcesOf } from './held-replica.ts';
import type { Source } from './logs.ts';
import type { ReplicaRecord } from './records.ts';
import { ReplicaRunner, type RunReplicaNeeds } from './run-replica.ts';

/** Replicas of a service that are gone and whose output is kept. */
const keptGone = 10;

interface Gone {
  readonly record: ReplicaRecord;
  readonly sources: readonly Source[];
}

/** The replicas of one environment and what is done with them. It decides nothing. */
export class Replicas {
  readonly #needs: RunReplicaNeeds;
  readonly #runner: ReplicaRunner;
  readonly #stopping = new AbortController();
  readonly #held = new Map<string, HeldReplica>();
  #gone: readonly Gone[] = [];
  #lastNumber = 0;

  constructor(needs: RunReplicaNeeds) {
    this.#needs = needs;
    this.#runner = new ReplicaRunner(needs, this.#stopping.signal);
  }

  all(): readonly HeldReplica[] {
    return [...this.#held.values()];
  }

  facts(): readonly facts.Facts[] {
    return this.all().map((one) => one.facts);
  }

  upstreamOf(id: string): Upstream | undefined {
    return this.#held.get(id)?.upstream ?? undefined;
  }

  sources(): readonly Source[] {
    return [...this.#gone.flatMap((one) => one.sources), ...this.all().flatMap((one) => sourcesOf(one.facts, one))];
  }

  /** Goes on with what an earlier agent left: processes that still run, and the output of the others. */
  takeOver(found: readonly ReplicaRecord[]): void {
    const inOrder = [...found].sort((a, b) => numberOf(a.id) - numberOf(b.id));
    this.#lastNumber = Math.max(0, ...inOrder.map((record) => numberOf(record.id)));
    for (const record of inOrder) {
      if (record.left) this.#keepGone(record, sourcesOf(record, outputsIn(this.#folderOf(record.id))));
      else this.#takeOverOne(record);
    }
  }

  /** Changes the facts at once. The effect that it returns is to be run when the router knows of them. */
  act(action: Action, group: Group | undefined): () => void {
    if (action.kind === 'retire') return this.#retire(this.#find(action.replica), action.because);
    if (group === undefined) throw new Error(`nothing wants what is to ${action.kind}`);
    switch (action.kind) {
      case 'begin':
        return this.#begin(action, group);
      case 'launch':
        return this.#launch(this.#find(action.replica), group);
      case 'end':
        return this.#end(this.#find(action.replica), action.because);
      default:
        throw new Error(`unknown action: ${action satisfies never}`);
    }
  }

  /** Cuts output that has grown too big. */
  rotate(): void {
    for (const { running, stdout, stderr } of this.#held.values())
      for (const output of [stdout, stderr])
        rotateInPassing(output, running ? holdable(running.identity) : nobody, this.#needs.log);
  }

  /** Ends every replica, politely first. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(
      this.all().map(async (one) => {
        await this.#runner.end(one);
        await this.#runner.write(one, true);
      }),
    );
  }

  #begin({ service, slot, release, program }: Extract<Action, { kind: 'begin' }>, { spec }: Group): () => void {
    this.#lastNumber += 1;
    const id = `${service}-${this.#lastNumber}`;
    const fresh = facts.begun({ id, service, slot, release, program });
    this.#held.set(id, hold(fresh, spec.drainWithinMs, this.#folderOf(id)));
    return () => undefined;
  }

  #launch(one: HeldReplica, group: Group): () => void {
    one.drainWithinMs = group.spec.drainWithinMs;
    one.facts = facts.launching(one.facts);
    return () => {
      one.launching = this.#runner.launch(one, group);
    };
  }

  #end(one: HeldReplica, because: string): () => void {
    this.#runner.become(one, facts.ending(one.facts, because));
    return () => this.#run(this.#runner.end(one), one.facts.id);
  }

  #retire(one: HeldReplica, because: string): () => void {
    one.drainWithinMs = this.#needs.groupOf(one.facts)?.spec.drainWithinMs ?? one.drainWithinMs;
    one.watching?.abort();
    one.leaving.abort();
    this.#runner.become(one, facts.draining(one.facts, because));
    return () => this.#run(this.#drainAndLeave(one), one.facts.id);
  }

  async #drainAndLeave(one: HeldReplica): Promise<void> {
    await this.#runner.drain(one);
    if (this.#stopping.signal.aborted) return;
    await this.#runner.end(one);
    this.#held.delete(one.facts.id);
    this.#runner.write(one, true);
    this.#keepGone(recordOf(one, true), sourcesOf(one.facts, one));
    this.#runner.become(one, facts.left(one.facts));
  }

  #takeOverOne(record: ReplicaRecord): void {
    const { restarts, crashesInARow, lastEnd } = record;
    const known = { ...facts.begun(record), restarts, crashesInARow, lastEnd };
    const one = hold(known, record.drainWithinMs, this.#folderOf(record.id));
    this.#held.set(record.id, one);
    this.#runner.adopt(one, record);
  }

  #keepGone(record: ReplicaRecord, sources: readonly Source[]): void {
    const all = [...this.#gone, { record, sources }];
    const ofService = all.filter((one) => one.record.service === record.service);
    const surplus = new Set(ofService.slice(0, Math.max(0, ofService.length - keptGone)));
    this.#gone = all.filter((one) => !surplus.has(one));
    for (const { record: old } of surplus) this.#run(this.#needs.records.remove(old.id), old.id);
  }

  #run(effect: Promise<void>, replica: string): void {
    effect.catch((error: unknown) =>
      this.#needs.log('error', 'an effect on a replica failed', { replica, error: String(error) }),
    );
  }

  #find(id: string): HeldReplica {
    const one = this.#held.get(id);
    if (one === undefined) throw new Error(`there is no replica ${id}`);
    return one;
  }

  #folderOf(replica: string): string {
    return this.#needs.records.folderOf(replica);
  }
}

const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf('-') + 1));
