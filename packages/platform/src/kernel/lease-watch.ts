import { z } from 'zod';
import type { Database } from './database.ts';
import type { Lease } from './lease.ts';

export interface LeaseWatch {
  /** Looks once; to be called about every second. Answers the instances that may act as far as the database knows. */
  look(): Promise<readonly string[]>;
  /**
   * Takes an instance that is not there any more: ended, or not renewed for as long as a lease lasts while this process
   * was looking. Of several who try, one is answered true. The former holder's next renewal fails.
   */
  take(instance: string): Promise<boolean>;
  /** Takes all that can be taken, and answers them. */
  takeExpired(): Promise<readonly string[]>;
}

interface Seen {
  readonly epoch: number;
  readonly renewals: number;
  readonly ended: boolean;
  readonly unchangedMs: number;
  readonly lookedAt: number;
}

const row = z.object({ id: z.string(), epoch: z.int(), renewals: z.int(), ended: z.boolean() });
type Row = z.infer<typeof row>;

/** Watches the other control planes' leases. `now` is a monotonic clock in milliseconds. */
export const watchLeases = (
  database: Database,
  own: Pick<Lease, 'instance' | 'ttlMs'>,
  now: () => number = () => performance.now(),
): LeaseWatch => {
  let seen: ReadonlyMap<string, Seen> = new Map();

  const look = async () => {
    const rows = await database.query(
      'select id, epoch, renewals, ended_at is not null as ended from plumbline.instances where id <> $1',
      [own.instance],
      row,
    );
    const at = now();
    seen = new Map(rows.map((found) => [found.id, observe(found, seen.get(found.id), at, own.ttlMs)]));
    return [own.instance, ...[...seen].filter(([, one]) => !isGone(one, own.ttlMs)).map(([id]) => id)];
  };
  const take = async (instance: string) => {
    const one = seen.get(instance);
    return one !== undefined && isGone(one, own.ttlMs) && takeAsSeen(database, instance, one, own.instance);
  };
  return {
    look,
    take,
    takeExpired: async () => {
      await look();
      const taken: string[] = [];
      for (const [instance, one] of seen) if (!one.ended && (await take(instance))) taken.push(instance);
      return taken;
    },
  };
};

/** What is known of a lease after one more look. */
export const observe = (found: Omit<Row, 'id'>, before: Seen | undefined, at: number, ttlMs: number): Seen => {
  const same = before !== undefined && before.epoch === found.epoch && before.renewals === found.renewals;
  // A look after a long pause says little: both may have been asleep, and the other be about to renew. So one look
  // never counts for more than half of the length.
  const passed = same ? before.unchangedMs + Math.min(at - before.lookedAt, ttlMs / 2) : 0;
  return { epoch: found.epoch, renewals: found.renewals, ended: found.ended, unchangedMs: passed, lookedAt: at };
};

export const isGone = (seen: Pick<Seen, 'ended' | 'unchangedMs'>, ttlMs: number): boolean =>
  seen.ended || seen.unchangedMs > ttlMs;

/** Compare-and-set on what was seen: one renewal in between, or another taker, and nothing happens. */
const takeAsSeen = async (
  database: Database,
  instance: string,
  { epoch, renewals }: Seen,
  by: string,
): Promise<boolean> => {
  const taken = await database.execute(
    `update plumbline.instances set epoch = epoch + 1, ended_by = $4,
       ended_at = (extract(epoch from clock_timestamp()) * 1000)::double precision
     where id = $1 and epoch = $2 and renewals = $3`,
    [instance, epoch, renewals, by],
  );
  return taken === 1;
};
