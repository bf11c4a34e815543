import type { ReleaseId } from '@plumbline/contract/names';
import type { Pending, ReleaseFile } from './pending.ts';

/** A release that serves, or could at once. */
export interface Present {
  readonly release: ReleaseId;
  readonly is: 'live' | 'warm';
  /** Its migrations; it works with what it knows of. */
  readonly files: readonly string[];
}

export interface ContractFacts {
  /** The contracts that are to be applied. */
  readonly contracts: readonly string[];
  readonly present: readonly Present[];
  /** Since when the live release is live, in epoch milliseconds; null: nothing is. */
  readonly liveSince: number | null;
  /** How long a release may be gone back from, in milliseconds. */
  readonly goBackForMs: number;
  readonly now: number;
}

/**
 * Why contracts may not be applied now; null when they may. A release that has a contract among its files was written for
 * the schema after it. One that has not may need what it removes: as long as such a one serves, is warm, or may have to
 * come back, the contract waits.
 */
export const whyNoContract = (facts: ContractFacts): string | null => {
  const { contracts, present, liveSince, goBackForMs, now } = facts;
  for (const name of contracts) {
    const unaware = present.find(({ files }) => !files.includes(name));
    if (unaware)
      return `${unaware.release}, which is ${unaware.is}, does not know ${name} and may need what it takes away`;
  }
  const leftMs = liveSince === null ? 0 : liveSince + goBackForMs - now;
  return leftMs > 0 ? `for ${minutes(leftMs)} more somebody may have to go back to the release before` : null;
};

const minutes = (ms: number): string => {
  if (ms < 120_000) return `${Math.ceil(ms / 1000)} s`;
  return ms < 7_200_000 ? `${Math.ceil(ms / 60_000)} min` : `${Math.ceil(ms / 3_600_000)} h`;
};

/** What a delivery applies, and what it leaves: with nothing live there is nobody whom a contract could hurt. */
export const filesFor = (
  kind: 'deliver' | 'migrate' | 'contract',
  files: readonly ReleaseFile[],
  pending: Extract<Pending, { kind: 'pending' }>,
  isLive: boolean,
): { readonly apply: readonly string[]; readonly leave: readonly string[] } => {
  const { now, contracts } = pending;
  if (kind === 'contract') return { apply: contracts, leave: [] };
  if (isLive) return { apply: now, leave: contracts };
  const all = new Set([...now, ...contracts]);
  return { apply: files.map(({ name }) => name).filter((name) => all.has(name)), leave: [] };
};

/** The schemas that a release works with, by what must and what must not have been applied. */
export interface SchemaRange {
  /** Everything that it adds or fills. */
  readonly needs: readonly string[];
  /** Its own contracts, before and after which it works. */
  readonly bears: readonly string[];
}

/** A release needs what it adds, and bears the contracts that it knows; it was never tried with another release's. */
export const schemaRangeOf = (files: readonly ReleaseFile[]): SchemaRange => ({
  needs: files.filter(({ phase }) => phase !== 'contract').map(({ name }) => name),
  bears: files.filter(({ phase }) => phase === 'contract').map(({ name }) => name),
});

/** Why a release does not work with a schema, whatever is yet to be applied for it; null when it does. */
export const whyNotWith = (
  { release, files }: { readonly release: ReleaseId; readonly files: readonly ReleaseFile[] },
  applied: readonly { readonly name: string; readonly phase: ReleaseFile['phase'] }[],
): string | null => {
  const { bears } = schemaRangeOf(files);
  const beyond = applied.filter(({ name, phase }) => phase === 'contract' && !bears.includes(name));
  if (beyond.length === 0) return null;
  return `${release} is from before ${beyond.map(({ name }) => name).join(', ')}, which took away what it may need: go to a release that has ${beyond.length > 1 ? 'these migrations' : 'this migration'}, or ship a new one that mends what is wrong`;
};

/** Why nobody may go back to a release as the schema is, since going back applies nothing; null when they may. */
export const whyNotBackTo = (
  back: { readonly release: ReleaseId; readonly files: readonly ReleaseFile[] },
  applied: readonly { readonly name: string; readonly phase: ReleaseFile['phase'] }[],
): string | null => {
  const { needs } = schemaRangeOf(back.files);
  const missing = needs.filter((name) => !applied.some((one) => one.name === name));
  if (missing.length > 0)
    return `${back.release} needs ${missing.join(', ')}, which ${missing.length > 1 ? 'are' : 'is'} not applied, and going back applies nothing: deliver it instead`;
  return whyNotWith(back, applied);
};

/** Why a migration may not be undone; null when it may. */
export const whyNoUndo = (name: string, present: readonly Present[]): string | null => {
  const needing = present.find(({ files }) => files.includes(name));
  return needing ? `${needing.release}, which is ${needing.is}, has ${name} among its migrations` : null;
};
