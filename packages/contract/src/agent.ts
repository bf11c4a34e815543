import { z } from 'zod';
import { environmentName, releaseId, serviceName, storeName } from './names.ts';
import { serviceSpec, storeSpec } from './service-spec.ts';
import { orderedShape, slot } from './shape.ts';

/**
 * What the local target asks of the agent, as JSON over HTTP on a Unix socket that only the owner can open:
 *
 * - `GET  /`                                   → agentStatus
 * - `PUT  /environments/:environment`          order → applied; 409 (a problem of type stale-generation) when the generation is too low
 * - `GET  /environments/:environment?after=REVISION&waitMs=N` → observation; with `after`, waits up to N ms (at most 30,000) for a later revision
 * - `PUT  /environments/:environment/generation` fence → applied: raises the generation and changes nothing else
 * - `GET  /environments/:environment/logs?service=&replica=&tail=&follow=` → newline-delimited logLine
 * - `PUT  /databases/:name`                    databaseOrder → databaseAddress: makes it exist and run; waits until it answers
 * - `PUT  /environments/:environment/stores`   storesOrder → storeAddresses: starts what does not run and waits until it answers;
 *                                              needed before the first order, since migrations run before it
 * - `GET  /environments/:environment/stores`   → storeAddresses of those that were asked for before
 * - `GET  /environments/:environment/secrets`  → secretNames; never a value
 * - `PUT  /environments/:environment/secrets/:secret` secretValue → 204: replicas get it when they next start
 * - `GET  /journal?environment=&after=SEQ`     → newline-delimited journalEntry
 * - `POST /stop`                               stopOrder → 202: drains, stops replicas and databases, exits 0
 */
export const order = z.object({
  shape: orderedShape,
  /**
   * How the services of each slot are started, with the settings that its release was delivered with. By slot, not by
   * release: a change of settings alone walks one release from slot to slot.
   */
  specs: z.object({ blue: z.array(serviceSpec).nullable(), green: z.array(serviceSpec).nullable() }),
  stores: z.array(storeSpec),
  /** Host names that reach this environment on the common port, beside `<environment>.localhost`. */
  hosts: z.array(z.string()),
});
export type Order = z.infer<typeof order>;

export const applied = z.object({
  /** `same`: the environment had this very shape and these specs already, so nothing was journalled but the generation. */
  effect: z.enum(['changed', 'same']),
  generation: z.int(),
  revision: z.int(),
});
export type Applied = z.infer<typeof applied>;

export const fence = z.object({ generation: z.int().min(1), holder: z.string() });
export type Fence = z.infer<typeof fence>;

/**
 * starting: not ready yet. ready: gets requests. unready: was ready, fails its readiness now. draining: gets no new
 * request. restarting: waits out its back-off. stopped: has ended for good.
 */
export const replicaState = z.enum(['starting', 'ready', 'unready', 'draining', 'restarting', 'stopped']);
export type ReplicaState = z.infer<typeof replicaState>;

export const replica = z.object({
  id: z.string(),
  service: serviceName,
  slot,
  release: releaseId,
  state: replicaState,
  /** Epoch milliseconds at which it got into this state. */
  since: z.number(),
  pid: z.int().nullable(),
  port: z.int().nullable(),
  restarts: z.int(),
  /** Why it last ended or is not ready, in words, with exit code or signal; null when there is nothing to tell. */
  because: z.string().nullable(),
  /** Its last lines of output (at most 40), given while it is not ready or has crashed; else empty. */
  lastLines: z.array(z.string()),
  inFlight: z.int(),
});
export type Replica = z.infer<typeof replica>;

/** Cumulative since the agent first saw the release; kept across the agent's restarts. */
export const counts = z.object({
  requests: z.int(),
  /** 5xx answers, and requests that got no complete answer. */
  errors: z.int(),
  status: z.object({ '1xx': z.int(), '2xx': z.int(), '3xx': z.int(), '4xx': z.int(), '5xx': z.int() }),
  /**
   * Requests whose answer began later than the thresholds of specification 8.2, in milliseconds: from the last byte of
   * the request to the answer's head, as the router sees them. How fast a client sends or reads is not in it, nor how
   * long an event stream or a WebSocket stays open.
   */
  slowerThan: z.object({ '500': z.int(), '1000': z.int() }),
  /** DDSketch of that time in milliseconds, without clients that left before the answer (relative accuracy 1 %), base64 of its protobuf. */
  latencyMs: z.string(),
});
export type Counts = z.infer<typeof counts>;

/**
 * What a candidate is judged by: cumulative over all that the slot ever held, so that two looks tell what came between
 * them, also while both slots hold one release with different settings.
 */
export const slotCounts = counts.pick({ requests: true, errors: true, slowerThan: true });
export type SlotCounts = z.infer<typeof slotCounts>;

export const observation = z.object({
  environment: environmentName,
  /** Grows with every change of what is observed but the counts. */
  revision: z.int(),
  generation: z.int(),
  /** The shape that was last applied; null before the first. */
  shape: orderedShape.nullable(),
  /** The desired replicas are there and ready, nothing drains, weight and cohort are in effect. */
  converged: z.boolean(),
  /** The weight that the router uses now; lower than the shape's while the candidate lacks ready capacity. */
  candidateWeightPercent: z.number(),
  replicas: z.array(replica),
  counts: z.record(releaseId, z.record(serviceName, counts)),
  /** By slot and service; a service that got no request yet is not there. */
  slotCounts: z.object({ blue: z.record(serviceName, slotCounts), green: z.record(serviceName, slotCounts) }),
  /** How old the counts are, in milliseconds: 0 where the target counts by itself, more where it asks somebody for them. */
  countsAgeMs: z.number().min(0),
  stores: z.array(
    z.object({
      name: storeName,
      kind: z.string(),
      state: z.enum(['running', 'starting', 'down', 'off']),
      because: z.string().nullable(),
    }),
  ),
  addresses: z.object({ name: z.string(), plain: z.string(), candidate: z.string() }),
  now: z.number(),
});
export type Observation = z.infer<typeof observation>;

/**
 * Where a running agent is reached: `agent.json` in its home. Clients read it each time that they connect, since the
 * socket lies elsewhere when the home's path is too long for one, and the ports may not be the usual ones.
 */
export const agentAddress = z.object({
  socket: z.string(),
  pid: z.int(),
  /** Epoch milliseconds. */
  startedAt: z.number(),
  routerPort: z.int(),
  /** The plain port of each environment that was ever asked for. */
  plainPorts: z.record(z.string(), z.int()),
  /** What is not as usual, in words: a default port that somebody else has, say. */
  notes: z.array(z.string()),
});
export type AgentAddress = z.infer<typeof agentAddress>;

export const agentStatus = z.object({
  pid: z.int(),
  startedAt: z.number(),
  home: z.string(),
  routerPort: z.int(),
  environments: z.array(environmentName),
  databases: z.array(z.object({ name: z.string(), state: z.enum(['running', 'starting', 'down']), port: z.int() })),
});
export type AgentStatus = z.infer<typeof agentStatus>;

/** The name is `control` for the control plane's own, else that of an environment. */
export const databaseOrder = z.object({
  /** The database inside; by default it has the name of the order. */
  database: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,62}$/)
    .optional(),
});
export type DatabaseOrder = z.infer<typeof databaseOrder>;

export const databaseAddress = z.object({ url: z.string() });
export type DatabaseAddress = z.infer<typeof databaseAddress>;

/** Address by store; null where an optional store is not to be had on this machine, with the reason. */
export const storeAddresses = z.record(
  storeName,
  z.object({ url: z.string().nullable(), because: z.string().nullable() }),
);
export type StoreAddresses = z.infer<typeof storeAddresses>;

export const storesOrder = z.object({ stores: z.array(storeSpec) });
export type StoresOrder = z.infer<typeof storesOrder>;

export const secretNames = z.object({ names: z.array(z.string()) });
export type SecretNames = z.infer<typeof secretNames>;

export const secretValue = z.object({ value: z.string().max(65_536) });

export const stopOrder = z.object({ drainWithinMs: z.int().min(0).max(600_000) });

export const journalEntry = z.object({
  seq: z.int(),
  at: z.number(),
  environment: environmentName,
  kind: z.enum(['applied', 'same', 'refused', 'fenced', 'adopted', 'recovered']),
  generation: z.int(),
  holder: z.string(),
  step: z.string(),
  /** The shape when it changed; words when it was refused. */
  detail: z.unknown(),
});
export type JournalEntry = z.infer<typeof journalEntry>;

export const logLine = z.object({
  at: z.number(),
  service: serviceName,
  replica: z.string(),
  slot,
  release: releaseId,
  stream: z.enum(['stdout', 'stderr']),
  line: z.string(),
});
export type LogLine = z.infer<typeof logLine>;
