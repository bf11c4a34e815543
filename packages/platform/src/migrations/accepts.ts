import type { MigrationFinding } from '@plumbline/contract/migration-check';
import { findingIds } from './safe-ways.ts';
import type { Said } from './said.ts';
import type { TracedFile } from './trace-words.ts';

/** A reason is for whoever reads the audit in a year. */
const shortestReason = 10;

/**
 * Findings of a file, with those that it accepts: `export const accepts = { 'index-blocks-writes': 'users has 40 rows everywhere' }`.
 * What it accepts without a reason, or without a finding, is a finding of its own. Pure.
 */
export const acceptedFindings = (
  { file, accepts }: Pick<TracedFile, 'file' | 'accepts'>,
  said: readonly Said[],
): readonly MigrationFinding[] => {
  const reasonFor = (id: string): string | null => {
    const reason = accepts[id]?.trim() ?? '';
    return reason.length >= shortestReason ? reason : null;
  };
  const own = (id: string, severity: Said['severity'], message: string, fix: string): MigrationFinding => ({
    id,
    severity,
    file,
    line: null,
    message,
    fix,
    accepted: null,
  });
  const strange = Object.keys(accepts).flatMap((id) => {
    if (!findingIds.includes(id))
      return [
        own(
          'acceptance-unknown',
          'error',
          `it accepts "${id}", which no finding is called`,
          'take the id from the finding',
        ),
      ];
    if (reasonFor(id) === null)
      return [
        own(
          'acceptance-without-reason',
          'error',
          `it accepts ${id} and does not say why`,
          `export const accepts = { '${id}': 'why that does no harm here' };`,
        ),
      ];
    return said.some((one) => one.id === id)
      ? []
      : [own('acceptance-unused', 'warning', `it accepts ${id}, which was not found`, 'take it out')];
  });
  return [...said.map((one) => ({ ...one, file, accepted: reasonFor(one.id) })), ...strange];
};
