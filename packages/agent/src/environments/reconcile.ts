import type { Order } from '@plumbline/contract/agent';
import type { Router } from '../router/router.ts';
import { type Action, decide } from './decide.ts';
import { type Group, groupsOf } from './desired.ts';
import type { Facts } from './facts.ts';
import { isConverged } from './observe.ts';
import { Replicas } from './replicas.ts';
import type { Revision } from './revision.ts';
import type { RunReplicaNeeds } from './run-replica.ts';
import { routingTable, weightNow } from './table.ts';

export interface ReconcilerNeeds extends Omit<RunReplicaNeeds, 'groupOf' | 'changed'> {
  readonly route: Router['route'];
  readonly revision: Revision;
}

/** More rounds than these in one instant mean decisions that undo one another. */
const maxRounds = 50;

/** Brings replicas and routing to what the order says: decides, tells the router, then lets the effects run. */
export class Reconciler {
  readonly replicas: Replicas;
  readonly #needs: ReconcilerNeeds;
  #order: Order | null = null;
  #groups: readonly Group[] = [];
  #isDeciding = false;
  #isDirty = false;
  #isStopping = false;
  #alarm: NodeJS.Timeout | undefined;

  constructor(needs: ReconcilerNeeds) {
    this.#needs = needs;
    const groupOf = (one: Of) => this.#groupOf(one);
    this.replicas = new Replicas({ ...needs, groupOf, changed: () => this.#changed() });
  }

  want(order: Order): void {
    this.#order = order;
    this.#groups = groupsOf(order);
    this.#reconcileAnew();
  }

  isConverged(): boolean {
    return isConverged(this.#order, this.#groups, this.replicas.facts());
  }

  weightPercent(): number {
    return this.#order === null ? 0 : weightNow(this.#order, this.replicas.facts());
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#alarm);
    await this.replicas.stop();
  }

  #changed(): void {
    this.#needs.revision.raise();
    this.#reconcileAnew();
  }

  #reconcileAnew(): void {
    this.#isDirty = true;
    if (!this.#isDeciding) this.#reconcile();
  }

  #reconcile(): void {
    this.#isDeciding = true;
    try {
      for (let round = 0; this.#isDirty && this.#order !== null && !this.#isStopping; round += 1) {
        if (round > maxRounds)
          throw new Error(`${this.#order.shape.environment} does not settle: ${maxRounds} decisions in a row`);
        this.#isDirty = false;
        this.#decideOnce(this.#order);
      }
    } finally {
      this.#isDeciding = false;
    }
  }

  #decideOnce(order: Order): void {
    const { replicas } = this;
    const { actions, againAtMs } = decide(this.#groups, replicas.facts(), performance.now());
    const effects = actions.map((action) => replicas.act(action, this.#groupOfAction(action)));
    // In one tick with the facts: whoever is retired or unready gets no request more, and the weight moves with it.
    this.#needs.route(routingTable(order, replicas.facts(), (id) => replicas.upstreamOf(id)));
    for (const effect of effects) effect();
    if (actions.length > 0) this.#changed();
    this.#setAlarm(againAtMs);
  }

  #groupOfAction(action: Action): Group | undefined {
    if (action.kind === 'begin') return this.#groupOf(action);
    const one = this.replicas.facts().find(({ id }) => id === action.replica);
    return one && this.#groupOf(one);
  }

  #groupOf({ slot, service, release }: Of): Group | undefined {
    return this.#groups.find((one) => one.slot === slot && one.service === service && one.release === release);
  }

  #setAlarm(atMs: number | null): void {
    clearTimeout(this.#alarm);
    if (atMs === null) return;
    this.#alarm = setTimeout(() => this.#reconcileAnew(), Math.max(1, atMs - performance.now()));
  }
}

type Of = Pick<Facts, 'slot' | 'service' | 'release'>;
