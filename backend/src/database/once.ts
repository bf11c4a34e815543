import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Database, Transaction } from './database.ts';

/** One write as its client meant it. With a key, sending it again gives the first answer and changes nothing. */
export interface Write {
  readonly userId: string;
  readonly key: string | undefined;
  /** What the client asked for; the same key with something else is a mistake of the client. */
  readonly request: unknown;
}

export type Outcome<Body> =
  | { readonly kind: 'done'; readonly body: Body }
  | { readonly kind: 'replayed'; readonly body: Body }
  | { readonly kind: 'key-reused' };

/**
 * Does the work and keeps its answer in one transaction. A second attempt waits at the key's row until the first has
 * committed, so that two at the same moment cannot both do it; when the first fails, its claim goes with it.
 */
export async function once<Body>(
  database: Database,
  write: Write,
  shape: z.ZodType<Body>,
  work: (transaction: Transaction) => Promise<Body>,
): Promise<Outcome<Body>> {
  const { userId, key } = write;
  if (key === undefined) return { kind: 'done', body: await database.transaction(work) };

  const fingerprint = createHash('sha256').update(JSON.stringify(write.request)).digest('hex');
  return database.transaction(async (transaction): Promise<Outcome<Body>> => {
    const keys = () => transaction('idempotency_keys');
    const claimed = await keys().insert({ user_id: userId, key, fingerprint }, ['key']).onConflict().ignore();
    if (claimed.length === 0) {
      const first = await keys().where({ user_id: userId, key }).first();
      if (first?.fingerprint !== fingerprint) return { kind: 'key-reused' };
      return { kind: 'replayed', body: shape.parse(first.body) };
    }
    const body = await work(transaction);
    await keys()
      .where({ user_id: userId, key })
      .update({ body: JSON.stringify(body) });
    return { kind: 'done', body };
  });
}

const KEPT = '2 days';
const PRUNED_AT_ONCE = 1_000;

/** Forgets keys that no client retries any more. Bounded, so that it never holds the table for long. */
export async function pruneKeys(database: Database): Promise<number> {
  const old = database('idempotency_keys')
    .select('user_id', 'key')
    .whereRaw('created_at < now() - ?::interval', [KEPT])
    .limit(PRUNED_AT_ONCE);
  return database('idempotency_keys').whereIn(['user_id', 'key'], old).delete();
}
