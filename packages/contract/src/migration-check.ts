import { z } from 'zod';

/** error: refuses. warning: asks somebody to look, and production to approve. notice: nothing to do now. */
export const findingSeverity = z.enum(['error', 'warning', 'notice']);
export type FindingSeverity = z.infer<typeof findingSeverity>;

/** Something that a migration would do to whoever uses its database meanwhile. */
export const migrationFinding = z.object({
  /** What a file accepts it by. */
  id: z.string(),
  severity: findingSeverity,
  file: z.string(),
  /** From 1; null where no call could be found. */
  line: z.number().nullable(),
  /** What breaks or blocks, and for how long. */
  message: z.string(),
  /** The safe way, as code of a migration. */
  fix: z.string(),
  /** Why the file accepts it; null when it does not. */
  accepted: z.string().nullable(),
});
export type MigrationFinding = z.infer<typeof migrationFinding>;

export const migrationCheck = z.object({
  /** The files that were run, in order. */
  files: z.array(z.string()),
  findings: z.array(migrationFinding),
  /** Whether the sizes of the environment's tables were known; else each was taken for large. */
  sizesKnown: z.boolean(),
  /** What the shadow database lacked, so that less can be said of it. */
  gaps: z.array(z.string()),
});
export type MigrationCheck = z.infer<typeof migrationCheck>;

/** The findings that refuse: errors that no file accepts. */
export const refusing = ({ findings }: MigrationCheck): readonly MigrationFinding[] =>
  findings.filter(({ severity, accepted }) => severity === 'error' && accepted === null);
