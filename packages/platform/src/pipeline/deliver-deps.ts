import type { DeliveryId, EnvironmentName, ServiceName } from '@plumbline/contract/names';
import type { CheckOutcome, Release } from '@plumbline/contract/release';
import type { AuditEntry } from '../audit/record.ts';
import type { Settings } from '../environments/settings.ts';
import type { Database, Transaction } from '../kernel/database.ts';
import type { Secret } from '../kernel/secret.ts';
import type { MigrationsPort } from '../migrations/port.ts';
import type { Target } from '../targets/target.ts';

/** What a delivery needs of the world. Each is idempotent, since a step may run twice. */
export interface DeliverDeps {
  readonly database: Database;
  readonly target: Target;
  /** Throws `lease-lost` unless this control plane may still act; holds that true until the transaction ends. */
  guard(tx: Transaction): Promise<void>;
  /** Appends to the audit in the caller's transaction; a key that is there already adds nothing. */
  record(tx: Transaction, entry: AuditEntry): Promise<void>;
  /** Resolves when the delivery was given a command, when an environment became free, or after `withinMs`. */
  woken(delivery: DeliveryId, withinMs: number, signal: AbortSignal): Promise<void>;
  /** The environment's settings as they are in the description at this moment. */
  settings(environment: EnvironmentName, release: Release): Promise<Settings>;
  /** The environment's secrets that are set by now. */
  secrets(environment: EnvironmentName): Promise<ReadonlyMap<string, Secret>>;
  /** Unpacks the release's artefacts where they are not yet; answers the folder of each service. */
  unpack(release: Release, signal: AbortSignal): Promise<Readonly<Record<ServiceName, string>>>;
  /** Of these outcomes, the checks that keep the release from the environment. */
  forbidding(checks: readonly CheckOutcome[], environment: EnvironmentName): Promise<readonly CheckOutcome[]>;
  ancestor(older: string, newer: string): Promise<'yes' | 'no' | 'unknown'>;
  readonly migrations: MigrationsPort;
  /** Runs the environment's `verify` commands against its address; answers what failed, or null. */
  verify(
    release: Release,
    settings: Settings,
    baseUrl: string,
    tell: Tell,
    signal: AbortSignal,
  ): Promise<string | null>;
  now(): number;
  monotonicMs(): number;
}

export type Tell = (text: string) => Promise<void>;
