import type { z } from 'zod';

/** A kind of cached value. Raise `version` when its shape changes: the running release and the next share one Redis. */
export interface Kind<Value> {
  readonly name: string;
  readonly version: number;
  readonly shape: z.ZodType<Value>;
  readonly ttlSeconds: number;
}

/** Values that cost a query, kept for a while beside the database. It may always be empty, and never fails a request. */
export interface Cache {
  /** The cached value, or what `load` finds; `undefined` means that there is none, and is remembered too, briefly. */
  read<Value>(kind: Kind<Value>, id: string, load: () => Promise<Value | undefined>): Promise<Value | undefined>;
  /** To be called after the change is committed: nothing loaded before it will be stored any more. */
  invalidate(kind: Kind<unknown>, id: string): Promise<void>;
  state(): 'up' | 'down' | 'off';
  close(): Promise<void>;
}

/** The cache where no Redis is configured: every read goes to the database. */
export const noCache: Cache = {
  read: (_kind, _id, load) => load(),
  invalidate: async () => undefined,
  state: () => 'off',
  close: async () => undefined,
};
