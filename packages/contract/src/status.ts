import { z } from 'zod';
import { allowedAction, climb, delivery } from './delivery.ts';
import { frozen } from './freeze.ts';
import { appName, environmentName, releaseId } from './names.ts';
import { releaseMark } from './release.ts';

export const environmentStatus = z.object({
  name: environmentName,
  position: z.int(),
  live: releaseId.nullable(),
  liveSince: z.number().nullable(),
  marks: z.array(releaseMark),
  commit: z.string().nullable(),
  health: z.enum(['empty', 'healthy', 'degraded', 'down', 'unknown']),
  because: z.string().nullable(),
  replicas: z.array(z.object({ service: z.string(), ready: z.int(), wanted: z.int() })),
  stores: z.array(z.object({ name: z.string(), state: z.string(), because: z.string().nullable() })),
  addresses: z.object({ name: z.string(), plain: z.string(), candidate: z.string() }).nullable(),
  requests: z.int(),
  errors: z.int(),
  delivery: delivery.nullable(),
  queued: delivery.nullable(),
  /** Null when deliveries are let through. */
  frozen: frozen.nullable(),
  actions: z.array(allowedAction),
});
export type EnvironmentStatus = z.infer<typeof environmentStatus>;

/** What waits for a person: since when, for whom, and the command that answers it. */
export const waiting = z.object({ what: z.string(), since: z.number(), forWhom: z.string(), command: z.string() });
export type Waiting = z.infer<typeof waiting>;

export const status = z.object({
  app: appName,
  folder: z.string(),
  version: z.string(),
  controlPlane: z.object({ instance: z.string(), startedAt: z.number(), others: z.array(z.string()) }),
  environments: z.array(environmentStatus),
  climb: climb.nullable(),
  waiting: z.array(waiting),
  /** Sentences that a person should know: local autoscaling is off, the cache is off … */
  notes: z.array(z.string()),
  /** The log-ins that the seed data made, where the description tells them. */
  logIns: z.array(z.object({ user: z.string(), password: z.string() })),
  audit: z.object({ records: z.int(), sealed: z.int() }),
});
export type Status = z.infer<typeof status>;
