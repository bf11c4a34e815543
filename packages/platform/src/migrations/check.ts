import type { MigrationCheck } from '@plumbline/contract/migration-check';
import { beforeFiles, checkFiles, withCopies } from './check-files.ts';
import type { SentStatement } from './probes.ts';
import { type ShadowSource, withShadow } from './shadow.ts';
import { type TracerOptions, withTracer } from './trace.ts';

export interface CheckOrder extends TracerOptions {
  readonly source: ShadowSource;
  /** Absolute. */
  readonly folder: string;
  /** Pending, in order. */
  readonly files: readonly string[];
  /** What the old release was seen to send. Default nothing. */
  readonly sent?: readonly SentStatement[];
}

/**
 * Runs pending migrations in a shadow of their environment, and tells what they would do to the release that is still
 * running. Throws `database-unreachable`, `command-failed` (no PostgreSQL here), `deadline` and `interrupted`.
 */
export const checkMigrations = async (order: CheckOrder): Promise<MigrationCheck> => {
  const { source, folder, files, sent } = order;
  if (files.length === 0) return { files: [], findings: [], sizesKnown: source.kind === 'like', gaps: [] };
  return withShadow(source, (shadow) =>
    withTracer(order, async (tracer) => {
      const before = await beforeFiles(shadow, sent);
      const findings = await withCopies(shadow, (copies) =>
        checkFiles({ shadow, copies, tracer, before, folder, files }),
      );
      return { files: [...files], findings: [...findings], sizesKnown: shadow.rows !== null, gaps: [...shadow.gaps] };
    }),
  );
};
