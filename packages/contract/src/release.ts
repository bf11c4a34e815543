import { z } from 'zod';
import { appName, digest, environmentName, releaseId, serviceName, storeName } from './names.ts';
import { variable } from './service-spec.ts';

/** One HTTP step of a smoke test, in order. `{{name}}` in path, headers and body stands for what an earlier step captured or `secret:`. */
export const smokeStep = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string().startsWith('/'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  expect: z.int().min(100).max(599),
  /** Text that the answer's body must contain. */
  contains: z.string().optional(),
  /** Name to keep ← dotted path in the JSON answer. */
  capture: z.record(z.string(), z.string()).default({}),
});
export type SmokeStep = z.infer<typeof smokeStep>;

/** How a service starts and is probed: the part of the description that is in a release. */
export const releasedService = z.object({
  name: serviceName,
  alias: z.string().nullable(),
  artefact: digest,
  start: z.array(z.string()).min(1),
  route: z.string().nullable(),
  health: z.string(),
  liveness: z.string().nullable(),
  assets: z.string().nullable(),
  /** Where the running service tells its release: a path that answers JSON, and the field in it. */
  version: z.object({ path: z.string(), field: z.string() }).nullable(),
  variables: z.record(z.string(), variable),
  startWithinMs: z.int(),
  drainWithinMs: z.int(),
});
export type ReleasedService = z.infer<typeof releasedService>;

/**
 * expand: adds what no release needs to know of. backfill: fills it. contract: removes, renames or tightens, which a release
 * that does not know of it may not survive.
 */
export const phases = ['expand', 'backfill', 'contract'] as const;
export const phase = z.enum(phases);
export type Phase = z.infer<typeof phase>;

export const releasedMigrations = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('knex'),
    service: serviceName,
    /** Folder in the service's artefact. */
    directory: z.string(),
    /** Names in order, with the digest of each and the phase that it declares; null where it declares none. */
    files: z.array(z.object({ name: z.string(), digest, phase: phase.nullable().default(null) })),
    digest,
    store: storeName,
  }),
  z.object({
    kind: z.literal('command'),
    service: serviceName,
    /** Program and arguments. */
    command: z.array(z.string()).min(1),
    digest,
  }),
]);
export type ReleasedMigrations = z.infer<typeof releasedMigrations>;
export type KnexMigrations = Extract<ReleasedMigrations, { kind: 'knex' }>;

/** What a release is: its id is derived from exactly this. Neither commit, time, machine nor settings of an environment. */
export const releaseContent = z.object({
  app: appName,
  services: z.array(releasedService).min(1),
  stores: z.array(
    z.object({
      name: storeName,
      kind: z.enum(['postgres', 'redis', 'bucket']),
      version: z.string().nullable(),
      optional: z.boolean(),
    }),
  ),
  migrations: releasedMigrations.nullable(),
  seed: z.object({ service: serviceName, command: z.array(z.string()).min(1) }).nullable(),
  smoke: z.array(smokeStep),
  stamp: z.string().nullable(),
});
export type ReleaseContent = z.infer<typeof releaseContent>;

export const checkOutcome = z.object({
  name: z.string(),
  state: z.enum(['passed', 'failed', 'not-run', 'excused']),
  because: z.string(),
  ms: z.number(),
  /** The last lines of its output, for a person. */
  output: z.string(),
});
export type CheckOutcome = z.infer<typeof checkOutcome>;

/** dirty: made of uncommitted work, development only. unaudited: a required check could not run here. */
export const releaseMark = z.enum(['dirty', 'unaudited']);
export type ReleaseMark = z.infer<typeof releaseMark>;

export const release = z.object({
  id: releaseId,
  content: releaseContent,
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  subject: z.string().nullable(),
  marks: z.array(releaseMark),
  checks: z.array(checkOutcome),
  builtAt: z.number(),
  builtBy: z.string(),
  bytes: z.number(),
  /** Environments that it has been delivered to and verified in. */
  verifiedIn: z.array(environmentName),
  liveIn: z.array(environmentName),
});
export type Release = z.infer<typeof release>;
