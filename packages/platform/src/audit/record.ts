import { canonicalJson } from '../kernel/canonical-json.ts';
import type { Transaction } from '../kernel/database.ts';
import { type Content, contentHash } from './chain.ts';

export interface AuditEntry {
  readonly who: string;
  /** What was done, as object.verb: delivery.asked, shape.applied … */
  readonly what: string;
  readonly subject: string;
  readonly why: string | null;
  /** Survives JSON; never a secret. */
  readonly detail: unknown;
  /** Unique, made of workflow and step: the same entry recorded again adds nothing. */
  readonly key: string;
}

/**
 * Appends to the audit when the caller's transaction commits, and not otherwise. It can be read after the commit only:
 * its place in the chain is the place of the commit.
 */
export const record = async (tx: Transaction, entry: AuditEntry, at: number = Date.now()): Promise<void> => {
  const detail: unknown = JSON.parse(JSON.stringify(entry.detail ?? null));
  const content: Content = { ...entry, detail, at };
  await tx.execute(
    `insert into plumbline.audit_arrivals (at, who, what, subject, why, detail, key, content_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (key) do nothing`,
    [at, entry.who, entry.what, entry.subject, entry.why, canonicalJson(detail), entry.key, contentHash(content)],
  );
};
