import { hostname } from 'node:os';
import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import { type Database, openDatabase, type Transaction } from './database.ts';
import type { Fence } from './fence.ts';
import { sleep } from './wait.ts';

/**
 * This process's right to act under its instance's name. No clock of any wall decides about it: the holder renews by
 * counting up and trusts its own monotonic clock; whoever wants to take it must have seen the count stand still, by its
 * own monotonic clock, for the lease's whole length (`lease-watch.ts`). The times in the table are for people.
 */
export interface Lease extends Fence {
  readonly instance: string;
  /** Grows with each holder of this instance's name: an older one can neither renew nor commit. */
  readonly epoch: number;
  readonly ttlMs: number;
  /** Sure without asking: the last renewal was asked for less than the ttl ago. */
  held(): boolean;
  /** Gives it up, so that others need not wait for it to expire. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly instance: string;
  /** Default 1 s. */
  readonly renewEveryMs?: number;
  /** How long it holds without a renewal. Default 5 s; the same for all control planes of one database. */
  readonly ttlMs?: number;
  /** Shown to people. Default unknown. */
  readonly version?: string;
}

const epochNow = `(extract(epoch from clock_timestamp()) * 1000)::double precision`;

/**
 * Takes the instance's name, from whoever had it: of two processes of one name the later wins, and the earlier is told.
 * Who must not start twice is kept from it by a lock of the caller's.
 */
export const holdLease = async (database: Database, options: LeaseOptions): Promise<Lease> => {
  const { instance, renewEveryMs = 1_000, ttlMs = 5_000, version = 'unknown' } = options;
  const own = connectionOf(database, ttlMs);
  // Counted from before the asking: the answer may have been long on its way.
  let sureUntil = performance.now() + ttlMs;
  const epoch = await take(own, { instance, ttlMs, version });
  const lost = new AbortController();
  const stopping = new AbortController();

  const renewOnce = oneAtATime(async () => {
    const asked = performance.now();
    if (await renew(own, { instance, epoch, ttlMs })) sureUntil = asked + ttlMs;
    else lost.abort(leaseLost(instance));
  });
  const held = () => !lost.signal.aborted && !stopping.signal.aborted && performance.now() < sureUntil;
  const renewing = keepRenewing(renewOnce, renewEveryMs, AbortSignal.any([stopping.signal, lost.signal]));
  return {
    instance,
    epoch,
    ttlMs,
    signal: lost.signal,
    held,
    confirm: async () => {
      while (!held()) {
        lost.signal.throwIfAborted();
        stopping.signal.throwIfAborted();
        await renewOnce().catch(() => sleep(100, stopping.signal));
      }
    },
    release: async () => {
      if (stopping.signal.aborted) return;
      stopping.abort(new Failure('interrupted', `${instance} has given its lease back.`));
      await renewing;
      await giveBack(own, instance, epoch);
    },
  };
};

/**
 * Refuses the transaction when the lease has another holder, and keeps it from getting one until the transaction ends:
 * a late control plane cannot commit. Renewals do not wait for it.
 */
export const assertLease = async (
  tx: Transaction,
  { instance, epoch }: Pick<Lease, 'instance' | 'epoch'>,
): Promise<void> => {
  const found = await tx.query(
    'select id from plumbline.instances where id = $1 and epoch = $2 and ended_at is null for key share',
    [instance, epoch],
    z.object({ id: z.string() }),
  );
  if (found.length === 0)
    throw new Failure('lease-lost', `${instance} may not commit: another control plane has taken its lease.`);
};

/** A connection of its own: a busy pool must not cost the lease, nor a slow answer more than half of it. */
const connectionOf = (database: Database, ttlMs: number): Database =>
  openDatabase(database.url, {
    applicationName: 'plumbline lease',
    maxConnections: 1,
    statementTimeoutMs: Math.ceil(ttlMs / 2),
  });

const leaseLost = (instance: string): Failure =>
  new Failure('lease-lost', `${instance} may not act any more: another control plane has taken its lease.`, {
    hint: 'This control plane ends; another one, or its next start, goes on with the work.',
  });

/** Callers who come while it runs share its answer: after a pause of the whole process there may be many. */
const oneAtATime = (act: () => Promise<void>): (() => Promise<void>) => {
  let acting: Promise<void> | undefined;
  return () => {
    acting ??= act().finally(() => {
      acting = undefined;
    });
    return acting;
  };
};

interface Renewal {
  readonly instance: string;
  readonly epoch: number;
  readonly ttlMs: number;
}

const take = async (
  own: Database,
  { instance, ttlMs, version }: { instance: string; ttlMs: number; version: string },
): Promise<number> => {
  const asking = own.query(
    `insert into plumbline.instances as i (id, epoch, started_at, renewed_at, expires_at, pid, host, version)
     values ($1, 1, ${epochNow}, ${epochNow}, ${epochNow} + $2, $3, $4, $5)
     on conflict (id) do update set epoch = i.epoch + 1, renewals = 0, started_at = excluded.started_at,
       renewed_at = excluded.renewed_at, expires_at = excluded.expires_at, ended_at = null, ended_by = null,
       pid = excluded.pid, host = excluded.host, version = excluded.version
     returning epoch`,
    [instance, ttlMs, process.pid, hostname(), version],
    z.object({ epoch: z.int() }),
  );
  const [taken] = await asking.catch(async (error: unknown) => {
    await own.close();
    throw error;
  });
  if (taken === undefined) throw new Failure('bug', `The row of instance ${instance} was not answered.`);
  return taken.epoch;
};

const renew = async (own: Database, { instance, epoch, ttlMs }: Renewal): Promise<boolean> => {
  const renewed = await own.execute(
    `update plumbline.instances set renewals = renewals + 1, renewed_at = ${epochNow}, expires_at = ${epochNow} + $3
     where id = $1 and epoch = $2 and ended_at is null`,
    [instance, epoch, ttlMs],
  );
  return renewed === 1;
};

/** Whatever keeps it from renewing, the next turn tries again: `held` turns false by itself when that gets too long. */
const keepRenewing = async (renewNow: () => Promise<void>, everyMs: number, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await sleep(everyMs, signal).catch(() => undefined);
    if (!signal.aborted) await renewNow().catch(() => undefined);
  }
};

const giveBack = async (own: Database, instance: string, epoch: number): Promise<void> => {
  try {
    await own.execute(
      `update plumbline.instances set ended_at = ${epochNow}, ended_by = id where id = $1 and epoch = $2`,
      [instance, epoch],
    );
  } finally {
    await own.close();
  }
};
