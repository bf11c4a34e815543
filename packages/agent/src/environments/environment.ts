import { isDeepStrictEqual } from 'node:util';
import type {
  Applied,
  Fence,
  JournalEntry,
  LogLine,
  Observation,
  Order,
  StoreAddresses,
} from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { StoreSpec } from '@plumbline/contract/service-spec';
import type { KeptCounts } from '../home/counts-file.ts';
import { readJson, writeJson } from '../home/durable-file.ts';
import type { Journal } from '../home/journal.ts';
import type { Stores } from '../stores/stores.ts';
import { assertWhole } from './desired.ts';
import type { Facts } from './facts.ts';
import {
  contentOf,
  type KeptOrder,
  keptOrder,
  latelyWith,
  nothingKept,
  revisionStep,
  wantsTheSame,
} from './kept-order.ts';
import { type LogQuery, readLogs } from './logs.ts';
import { addressesOf, observedReplica } from './observe.ts';
import type { Reconciler } from './reconcile.ts';
import type { Revision } from './revision.ts';

export interface EnvironmentNeeds {
  readonly name: EnvironmentName;
  readonly orderFile: string;
  readonly kept: KeptOrder;
  readonly revision: Revision;
  readonly reconciler: Reconciler;
  readonly journal: Journal;
  readonly stores: Stores;
  readonly counts: KeptCounts;
  readonly routerPort: () => number;
  readonly plainPort: () => number;
}

const adoptedAnswerWithinMs = 3_000;

/** What is on disk of an environment, with room made for the revisions that this agent will tell. */
export const readKept = async (orderFile: string): Promise<KeptOrder> => {
  const kept = (await readJson(orderFile, keptOrder)) ?? nothingKept;
  const next = { ...kept, revisionBase: kept.revisionBase + revisionStep };
  await writeJson(orderFile, next);
  return next;
};

/** One environment: its order, kept on disk, and everything that makes it so. */
export class Environment {
  readonly #needs: EnvironmentNeeds;
  #kept: KeptOrder;
  /** What was kept but could not be journalled, on a full disk say, is not in effect, and is no `same` the next time. */
  #inEffect: Order | null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(needs: EnvironmentNeeds) {
    this.#needs = needs;
    this.#kept = needs.kept;
    this.#inEffect = needs.kept.order;
  }

  apply(order: Order): Promise<Applied> {
    return this.#inTurn(async () => {
      this.#assertMine(order);
      const { generation, holder, step } = order.shape;
      await this.#refuseLate(generation, holder, step);
      const isSame = wantsTheSame(this.#inEffect, order);
      const forgotten = await this.#keepOrder(order);
      await this.#journal(isSame ? 'same' : 'applied', order.shape, isSame ? null : contentOf(order));
      this.#takeEffect(order, forgotten);
      return this.#applied(isSame);
    });
  }

  fence({ generation, holder }: Fence): Promise<Applied> {
    return this.#inTurn(async () => {
      await this.#refuseLate(generation, holder, 'fence');
      const isSame = generation === this.#kept.generation;
      if (!isSame) await this.#keep({ ...this.#kept, generation });
      await this.#journal('fenced', { generation, holder, step: 'fence' }, null);
      this.#needs.revision.raise();
      return this.#applied(isSame);
    });
  }

  /** With `after`, waits for a later revision first. */
  async observe({ after, waitMs }: ObserveOptions, signal: AbortSignal): Promise<Observation> {
    const { name, revision, reconciler, counts, stores, routerPort, plainPort } = this.#needs;
    if (after !== undefined) await revision.laterThan(after, waitMs, signal);
    const counted = await counts.of(name);
    return {
      environment: name,
      revision: revision.now(),
      generation: this.#kept.generation,
      shape: this.#kept.order?.shape ?? null,
      converged: reconciler.isConverged(),
      candidateWeightPercent: reconciler.weightPercent(),
      replicas: reconciler.replicas.all().map(observedReplica),
      ...counted,
      stores: [...stores.observe()],
      addresses: addressesOf(name, routerPort(), plainPort()),
      now: Date.now(),
    };
  }

  /** Adds to what runs already; gives the addresses of all. */
  async wantStores(specs: readonly StoreSpec[], signal: AbortSignal): Promise<StoreAddresses> {
    await this.#inTurn(async () => {
      const all = merged(this.#kept.stores, specs);
      if (!isDeepStrictEqual(all, this.#kept.stores)) await this.#keep({ ...this.#kept, stores: all });
      this.#needs.stores.want(all);
    });
    return this.stores(signal);
  }

  stores(signal: AbortSignal): Promise<StoreAddresses> {
    return this.#needs.stores.addresses(signal);
  }

  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine> {
    return readLogs(() => this.#needs.reconciler.replicas.sources(), query, signal);
  }

  rotateLogs(): void {
    this.#needs.reconciler.replicas.rotate();
    this.#needs.stores.rotateLogs();
  }

  /** After the agent was killed: resolves when the replicas that went on without it have answered, or in three seconds: a busy machine takes its time. */
  async untilAdoptedAnswer(): Promise<void> {
    const { reconciler, revision } = this.#needs;
    const deadline = performance.now() + adoptedAnswerWithinMs;
    const isAsked = () => {
      const all = reconciler.replicas.facts();
      const isReady = ({ life }: Facts) => life.is === 'alive' && life.readiness === 'ready';
      // One that got ready just before the kill may not be on record as such: who has no other is waited for as well.
      return all.some(
        ({ life, service }) =>
          life.is === 'alive' &&
          (life.readiness === 'unready' ||
            (life.readiness === 'starting' && !all.some((one) => one.service === service && isReady(one)))),
      );
    };
    while (isAsked() && performance.now() < deadline)
      await revision.laterThan(revision.now(), 50, AbortSignal.timeout(adoptedAnswerWithinMs));
  }

  async stop(): Promise<void> {
    await this.#turn;
    await this.#needs.reconciler.stop();
    await this.#needs.stores.stop();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #assertMine(order: Order): void {
    const { name } = this.#needs;
    const { environment } = order.shape;
    if (environment !== name) throw new Failure('bad-input', `the shape is for ${environment}, not for ${name}`);
    assertWhole(order);
  }

  async #refuseLate(generation: number, holder: string, step: string): Promise<void> {
    if (generation >= this.#kept.generation) return;
    const seen = `${this.#needs.name} has seen generation ${this.#kept.generation}`;
    const detail = `${seen}, and ${holder} came with ${generation}`;
    await this.#journal('refused', { generation, holder, step }, detail);
    throw new Failure('stale-generation', detail, { hint: 'another delivery holds the environment now' });
  }

  /** Gives the releases whose counts are not kept any more. */
  async #keepOrder(order: Order): Promise<readonly ReleaseId[]> {
    const before = this.#kept.lately;
    const lately = latelyWith(before, order);
    const stores = merged(this.#kept.stores, order.stores);
    const toldAfter = this.#needs.journal.lastSeq();
    await this.#keep({ ...this.#kept, generation: order.shape.generation, order, stores, lately, toldAfter });
    return before.filter((release) => !lately.includes(release));
  }

  async #keep(next: KeptOrder): Promise<void> {
    await writeJson(this.#needs.orderFile, next);
    this.#kept = next;
  }

  async #journal(kind: JournalEntry['kind'], { generation, holder, step }: Asker, detail: unknown): Promise<void> {
    await this.#needs.journal.append({ environment: this.#needs.name, kind, generation, holder, step, detail });
  }

  #takeEffect(order: Order, forgotten: readonly ReleaseId[]): void {
    const { name, counts, stores, reconciler, revision } = this.#needs;
    this.#inEffect = order;
    for (const release of forgotten) counts.forget(name, release);
    stores.want(this.#kept.stores);
    reconciler.want(order);
    revision.raise();
  }

  #applied(isSame: boolean): Applied {
    const { generation } = this.#kept;
    return { effect: isSame ? 'same' : 'changed', generation, revision: this.#needs.revision.now() };
  }
}

export interface ObserveOptions {
  readonly after?: number | undefined;
  readonly waitMs: number;
}

type Asker = Pick<JournalEntry, 'generation' | 'holder' | 'step'>;

/** Of two specs of one name the later counts. */
const merged = (present: readonly StoreSpec[], more: readonly StoreSpec[]): StoreSpec[] => [
  ...present.map((one) => more.find((other) => other.name === one.name) ?? one),
  ...more.filter((one) => !present.some((other) => other.name === one.name)),
];
