import { phase } from '@plumbline/contract/release';
import { z } from 'zod';

/** What the runner is told, on its standard input. */
export const runnerOrder = z.object({
  databaseUrl: z.string(),
  /** Absolute, in the unpacked artefact. */
  folder: z.string(),
  /** All files of the release, in order. */
  files: z.array(z.object({ name: z.string(), digest: z.string(), phase: phase.nullable() })),
  /** up: applies those of these names that are not applied yet, in this order. down: undoes the one. */
  direction: z.enum(['up', 'down']),
  names: z.array(z.string()),
  statementTimeoutMs: z.int().positive(),
  lockTimeoutMs: z.int().positive(),
  /** Begins each line that the runner itself writes, so that what a migration prints is not taken for it. */
  mark: z.string(),
});
export type RunnerOrder = z.infer<typeof runnerOrder>;

/** What the runner tells, one JSON object a line. */
export const runnerEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting'), because: z.string() }),
  /** What it found, what it leaves out, how far it came. */
  z.object({ kind: z.literal('note'), text: z.string() }),
  z.object({ kind: z.literal('begins'), file: z.string() }),
  z.object({ kind: z.literal('applied'), file: z.string(), ms: z.number() }),
  z.object({
    kind: z.literal('failed'),
    file: z.string().nullable(),
    because: z.string(),
    /** PostgreSQL's code for what went wrong; null when it was not PostgreSQL that complained. */
    sqlState: z.string().nullable(),
    statement: z.string().nullable(),
  }),
]);
export type RunnerEvent = z.infer<typeof runnerEvent>;
