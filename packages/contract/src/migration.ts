import { z } from 'zod';
import { allowedAction } from './delivery.ts';
import { environmentName, releaseId } from './names.ts';
import { phase } from './release.ts';

/** One migration file, as an environment's database and a release have it. */
export const migrationFile = z.object({
  name: z.string(),
  /** What it declares; null: nothing, and it is applied like an expand. */
  phase: phase.nullable(),
  /** waits: a contract, which is a delivery of its own. foreign: the database has it, the release does not. */
  state: z.enum(['applied', 'pending', 'waits', 'foreign']),
  /** Epoch milliseconds; null until it is applied. */
  appliedAt: z.number().nullable(),
});
export type MigrationFile = z.infer<typeof migrationFile>;

/** What an environment's database has of a release's migrations. */
export const migrationStatus = z.object({
  environment: environmentName,
  release: releaseId,
  files: z.array(migrationFile),
  /** The schemas that the release works with: those that have what it needs, before and after the contracts that it knows. */
  range: z.object({ needs: z.array(z.string()), bears: z.array(z.string()) }),
  /** Why nothing may be applied, with what to do; null: nothing keeps anybody. */
  refused: z.string().nullable(),
  /** What a person should know: a file out of order, one that was begun and not ended, an index that is invalid. */
  notes: z.array(z.string()),
  /** Why the contracts that wait may not be applied now; null when they may, or when none waits. */
  contractRefused: z.string().nullable(),
  actions: z.array(allowedAction),
});
export type MigrationStatus = z.infer<typeof migrationStatus>;
