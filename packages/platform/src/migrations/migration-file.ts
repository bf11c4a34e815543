import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import { type BackfillOrder, backfillOrder } from './backfill.ts';
import type { ReleaseFile } from './pending.ts';

/** A migration file, loaded. */
export interface MigrationFile {
  /** Null for a backfill that is declared and not written. */
  readonly up: Knex.Migration['up'] | null;
  readonly down: Knex.Migration['down'] | null;
  readonly inTransaction: boolean;
  /** It may be begun anew, whatever of it has run. */
  readonly isIdempotent: boolean;
  readonly backfill: BackfillOrder | null;
}

interface Exported extends Partial<Knex.Migration> {
  readonly config?: { readonly transaction?: boolean; readonly idempotent?: boolean };
  readonly phase?: unknown;
  readonly backfill?: unknown;
}

/** Loads a file of either kind of modules; what one of the older kind exports may lie under `default`. */
export const loadFile = async (folder: string, { name, phase }: ReleaseFile): Promise<MigrationFile> => {
  const loaded = await import(pathToFileURL(path.join(folder, name)).href);
  const exported: Exported = typeof loaded.up === 'function' || loaded.backfill ? loaded : (loaded.default ?? {});
  const { up, down, config = {} } = exported;
  if ((exported.phase ?? null) !== phase)
    throw new Error(
      `${name} has the phase ${exported.phase}, and its text declares ${phase ?? 'none'}: write it as export const phase = '${exported.phase}'`,
    );
  const backfill = exported.backfill === undefined ? null : parsedBackfill(name, exported.backfill);
  if (typeof up !== 'function' && backfill === null) throw new Error(`${name} exports no function "up"`);
  return {
    up: up ?? null,
    down: down ?? null,
    inTransaction: config.transaction !== false && backfill === null,
    isIdempotent: config.idempotent === true,
    backfill,
  };
};

const parsedBackfill = (name: string, written: unknown): BackfillOrder => {
  const parsed = backfillOrder.safeParse(written);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${name}: backfill${issue ? `.${issue.path.join('.')}: ${issue.message}` : ' cannot be read'}`);
};
