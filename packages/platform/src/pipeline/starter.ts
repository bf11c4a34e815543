import type { ClimbId, DeliveryId } from '@plumbline/contract/names';
import type { Database } from '../kernel/database.ts';
import type { Workflow } from '../kernel/durable.ts';
import { isFailure } from '../kernel/patience.ts';
import { sleep } from '../kernel/wait.ts';
import { movingClimbs } from './climb-table.ts';
import { movingDeliveries } from './delivery-table.ts';

export interface StarterOptions {
  readonly database: Database;
  readonly climbs: Workflow<{ id: ClimbId }>;
  readonly deliveries: Workflow<{ id: DeliveryId }>;
  /** Ends the starting. */
  readonly signal: AbortSignal;
}

export interface Starter {
  /** Looks soon for what was asked for. Never waits, and may be called from within a workflow's step. */
  look(): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

const lookEveryMs = 2_000;

/**
 * Starts the workflow of every row that was asked for. The row is the truth, and a workflow started twice runs once: so
 * whoever asks need not start it, which from within a step would make it that workflow's child, and one who dies right
 * after asking leaves nothing behind that nobody begins.
 */
export const keepStarting = ({ database, climbs, deliveries, signal }: StarterOptions): Starter => {
  let wake: () => void = () => undefined;
  const started = new Set<string>();
  const startAll = async (): Promise<void> => {
    for (const { id } of await movingClimbs(database))
      if (!started.has(id)) await climbs.start(id, { id }).then(() => started.add(id));
    for (const { id } of await movingDeliveries(database, null))
      if (!started.has(id)) await deliveries.start(id, { id }).then(() => started.add(id));
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await startAll().catch((error: unknown) => {
        // A database that is away comes back, and the next look finds the same rows.
        if (!signal.aborted && !isFailure(error)) throw error;
      });
      await Promise.race([woken, sleep(lookEveryMs, signal).catch(() => undefined)]);
    }
  };
  return { look: () => wake(), ended: run() };
};
