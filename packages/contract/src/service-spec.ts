import { z } from 'zod';
import { serviceName, storeName } from './names.ts';

/** A variable's value: written out, a secret of the environment, or the address of a store. */
export const variable = z.discriminatedUnion('from', [
  z.object({ from: z.literal('value'), value: z.string() }),
  z.object({
    from: z.literal('secret'),
    secret: z.string(),
    /** Bytes of randomness to generate when the secret is not there yet; absent: a missing secret is an error. */
    generateBytes: z.int().min(16).max(256).optional(),
  }),
  z.object({ from: z.literal('store'), store: storeName }),
]);
export type Variable = z.infer<typeof variable>;

/** How one service of one release is started, probed and routed to, on whatever target. */
export const serviceSpec = z.object({
  name: serviceName,
  /** Program and arguments, run in the unpacked artefact's folder. */
  start: z.array(z.string()).min(1),
  /** The unpacked artefact, absolute. */
  folder: z.string(),
  /** Path prefix on the environment's address; null is a worker, which runs in the stable slot alone. */
  route: z.string().nullable(),
  /** Readiness: 2xx means ready. Empty for a worker that listens to nothing: it is ready while it lives. */
  health: z.string(),
  /** Liveness: anything but 2xx, `unresponsiveAfter` times in a row, restarts the replica. Null: only its exit counts. */
  liveness: z.string().nullable(),
  /** Path prefix of hashed assets: `<assets>/<release>/…` goes to the slot that holds that release. */
  assets: z.string().nullable(),
  variables: z.record(z.string(), variable),
  startWithinMs: z.int().positive(),
  drainWithinMs: z.int().positive(),
});
export type ServiceSpec = z.infer<typeof serviceSpec>;

/** A store that an environment's services are given the address of. */
export const storeSpec = z.object({
  name: storeName,
  kind: z.enum(['postgres', 'redis', 'bucket']),
  version: z.string().optional(),
  optional: z.boolean(),
});
export type StoreSpec = z.infer<typeof storeSpec>;
