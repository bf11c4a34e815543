import { z } from 'zod';

/** One file to run in a shadow, on the tracer's standard input, one JSON object a line. */
export const traceOrder = z.object({
  databaseUrl: z.string(),
  /** Absolute. */
  folder: z.string(),
  file: z.string(),
  /** Relations, by oid, that were there before the release: nobody uses the others yet. Null is all that are there now. */
  existing: z.array(z.number()).nullable(),
  /** Begins each line that the tracer itself writes, so that what a migration prints is not taken for it. */
  mark: z.string(),
});
export type TraceOrder = z.infer<typeof traceOrder>;

export const sqlError = z.object({
  /** Null when it was not PostgreSQL that complained. */
  sqlState: z.string().nullable(),
  message: z.string(),
  detail: z.string().nullable(),
  constraint: z.string().nullable(),
});
export type SqlError = z.infer<typeof sqlError>;

/** What one executed statement did, as PostgreSQL's own tables and counters have it. Relations are written "schema.name". */
export const tracedStatement = z.object({
  /** As executed, alone. */
  sql: z.string(),
  /** In the migration file; null where no call of it could be found. */
  line: z.number().nullable(),
  /** False: by itself, and what it locked is let go at its end. */
  inTransaction: z.boolean(),
  /** In the shadow, in milliseconds: says little of the environment. */
  ms: z.number(),
  error: sqlError.nullable(),
  /** Locks on relations from before, held when it had ended, those of earlier statements of its transaction included. */
  locks: z.array(z.object({ relation: z.string(), mode: z.string() })),
  /** Relations from before whose file was replaced: the table was rewritten, or its index built anew. */
  rewritten: z.array(z.string()),
  /** Tables from before that were read from end to end. */
  scanned: z.array(z.string()),
  written: z.array(
    z.object({ relation: z.string(), inserted: z.number(), updated: z.number(), deleted: z.number(), of: z.number() }),
  ),
  /** Indexes that it added to tables from before. */
  indexes: z.array(z.object({ name: z.string(), relation: z.string(), isUnique: z.boolean(), isValid: z.boolean() })),
});
export type TracedStatement = z.infer<typeof tracedStatement>;

export const tracedFile = z.object({
  file: z.string(),
  inTransaction: z.boolean(),
  phase: z.string().nullable(),
  /** Findings that the file accepts: its export `accepts`, reasons by id. */
  accepts: z.record(z.string(), z.string()),
  /** Its rows are filled by the engine, in batches: the statement only shows what is filled. */
  isDeclaredBackfill: z.boolean(),
  statements: z.array(tracedStatement),
  /** Why it failed; null when it did not. */
  error: sqlError.nullable(),
  leftovers: z.object({ invalidIndexes: z.array(z.string()), notValid: z.array(z.string()) }),
  ms: z.number(),
});
export type TracedFile = z.infer<typeof tracedFile>;
