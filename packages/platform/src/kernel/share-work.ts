import type { Database } from './database.ts';
import { locks, withLock } from './database-lock.ts';
import type { DurableEngine } from './durable.ts';
import type { Lease } from './lease.ts';
import { type LeaseWatch, watchLeases } from './lease-watch.ts';
import { type Log, silentLog } from './log.ts';
import { sleep } from './wait.ts';

export interface SharedWork {
  readonly database: Database;
  readonly lease: Lease;
  readonly engine: DurableEngine;
  readonly signal: AbortSignal;
  /** Between two looks. Default 1 s. */
  readonly everyMs?: number;
  readonly log?: Log;
  readonly onTaken?: (instance: string, workflows: readonly string[]) => void;
}

/**
 * Looks after the other control planes' work until the signal fires: what belongs to one that is gone is taken over.
 * Asked of the workflows' owners, not of the leases that just expired, so that work which somebody took and then died
 * over is found as well.
 */
export const shareWork = async (work: SharedWork): Promise<void> => {
  const { everyMs = 1_000, lease, log = silentLog, signal } = work;
  const watch = watchLeases(work.database, lease);
  while (!signal.aborted) {
    try {
      // The owners first: one who begins between the two looks is then alive in the second.
      const owners = await work.engine.instancesAtWork();
      const alive = new Set(await watch.look());
      for (const owner of owners) if (!alive.has(owner)) await takeOver(work, watch, owner);
    } catch (error) {
      // The next look tries again; nothing was decided that could be half done.
      if (!signal.aborted) log.warn('Looking after other control planes failed', { error });
    }
    await sleep(everyMs, signal).catch(() => undefined);
  }
};

/** One at a time: who comes second finds nothing left, instead of taking what the first has just begun to run. */
const takeOver = async (work: SharedWork, watch: LeaseWatch, owner: string): Promise<void> => {
  const { database, engine, lease, log = silentLog, onTaken, signal } = work;
  const taken = async () => {
    await lease.confirm();
    const isLeft = (await engine.instancesAtWork()).includes(owner);
    return isLeft && (await watch.take(owner)) ? engine.takeOver(owner) : [];
  };
  const workflows = await withLock(database.url, locks.takeOver, taken, signal);
  if (workflows.length === 0) return;
  log.info('Took over the work of a dead control plane', { owner, workflows });
  onTaken?.(owner, workflows);
};
