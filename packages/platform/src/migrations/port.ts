import type { StoreAddresses } from '@plumbline/contract/agent';
import type { MigrationCheck } from '@plumbline/contract/migration-check';
import type { Release } from '@plumbline/contract/release';
import type { Settings } from '../environments/settings.ts';
import type { SchemaState } from './schema-state.ts';

/** Which files of a release are to be applied or undone where. */
export interface FilesOrder {
  readonly release: Release;
  /** The unpacked artefact of the service that has the migrations. */
  readonly folder: string;
  readonly stores: StoreAddresses;
  readonly settings: Settings;
  readonly direction: 'up' | 'down';
  readonly names: readonly string[];
}

/** What a delivery needs of migrations. Each is idempotent, since a step may run twice. */
export interface MigrationsPort {
  /** What the environment's database has. Runs nothing of the app's. */
  schema(release: Release, stores: StoreAddresses, signal: AbortSignal): Promise<SchemaState>;
  /** Tries files in a shadow of the environment, and tells what they would do to the release that runs. Changes nothing. */
  check(
    order: Pick<FilesOrder, 'release' | 'folder' | 'stores' | 'names'>,
    signal: AbortSignal,
  ): Promise<MigrationCheck>;
  /** Answers the files that it applied or undid. */
  run(order: FilesOrder, tell: (text: string) => Promise<void>, signal: AbortSignal): Promise<readonly string[]>;
  seed(
    release: Release,
    folder: string,
    stores: StoreAddresses,
    settings: Settings,
    signal: AbortSignal,
  ): Promise<void>;
}
