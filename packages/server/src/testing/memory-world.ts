import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { AuditRecord } from '@plumbline/contract/audit';
import type { Climb, Delivery, Progress } from '@plumbline/contract/delivery';
import type { Freeze } from '@plumbline/contract/freeze';
import type { Role } from '@plumbline/contract/identity';
import {
  type ClimbId,
  type DeliveryId,
  type EnvironmentName,
  environmentName,
  type ReleaseId,
} from '@plumbline/contract/names';
import type { Release } from '@plumbline/contract/release';

export const path = ['development', 'staging', 'production'].map((name) => environmentName.parse(name));
export const lastEnvironment = path[path.length - 1];

export interface MemoryToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly secret: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
  lastUsedAt: number | null;
  revokedAt: number | null;
}

/** Everything that the in-memory control plane knows. `changed` is emitted after each change, for whoever waits. */
export interface World {
  readonly startedAt: number;
  /** How long a stage takes, in milliseconds. */
  readonly stageMs: number;
  readonly climbs: Map<ClimbId, Climb>;
  readonly deliveries: Map<DeliveryId, Delivery>;
  readonly releases: Map<ReleaseId, Release>;
  /** What was live in an environment, oldest first; the last one is live. */
  readonly lived: Map<EnvironmentName, ReleaseId[]>;
  readonly secrets: Map<EnvironmentName, Map<string, string>>;
  readonly tokens: MemoryToken[];
  readonly replies: Map<string, unknown>;
  readonly progress: Progress[];
  readonly audit: AuditRecord[];
  readonly freezes: Freeze[];
  /** Freezes that were ended. */
  readonly thawed: Freeze[];
  readonly changes: EventEmitter;
  readonly closed: AbortSignal;
}

export const createWorld = (stageMs: number, closed: AbortSignal): World => ({
  startedAt: Date.now(),
  stageMs,
  climbs: new Map(),
  deliveries: new Map(),
  releases: new Map(),
  lived: new Map(path.map((environment) => [environment, []])),
  secrets: new Map(path.map((environment) => [environment, new Map()])),
  tokens: [],
  replies: new Map(),
  progress: [],
  audit: [],
  freezes: [],
  thawed: [],
  changes: new EventEmitter().setMaxListeners(0),
  closed,
});

/** Waits until the claim holds; false when the signal fired first. */
export const until = async (world: World, claim: () => boolean, signal: AbortSignal): Promise<boolean> => {
  while (!claim()) {
    if (signal.aborted) return false;
    try {
      await once(world.changes, 'changed', { signal });
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }
  return true;
};

export const tell = (world: World, told: Partial<Progress> & Pick<Progress, 'kind' | 'text'>): void => {
  const seq = world.progress.length + 1;
  const nothing = { climb: null, delivery: null, environment: null, stage: null, state: null };
  world.progress.push({ seq, at: Date.now(), ...nothing, ...told });
  world.changes.emit('changed');
};

export const record = (world: World, who: string, what: string, subject: string, why: string | null = null): void => {
  const previousHash = world.audit.at(-1)?.hash ?? '0'.repeat(64);
  const content = { seq: world.audit.length + 1, at: Date.now(), who, what, subject, why, detail: null, previousHash };
  world.audit.push({ ...content, hash: hashOf(content) });
};

export const hashOf = ({ hash: _, ...content }: Partial<AuditRecord>): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex');

export const liveIn = (world: World, environment: EnvironmentName): ReleaseId | null =>
  world.lived.get(environment)?.at(-1) ?? null;
