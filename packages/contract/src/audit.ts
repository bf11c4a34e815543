import { z } from 'zod';

export const auditRecord = z.object({
  seq: z.int(),
  at: z.number(),
  who: z.string(),
  /** What was done, as object.verb: delivery.asked, delivery.approved, shape.applied, token.created … */
  what: z.string(),
  /** The thing that it was done to: d-12, production, r-0123456789ab … */
  subject: z.string(),
  why: z.string().nullable(),
  detail: z.unknown(),
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditRecord = z.infer<typeof auditRecord>;

export const auditVerification = z.object({
  ok: z.boolean(),
  records: z.int(),
  checkpoints: z.int(),
  /** Each finding names the record and what was done to it: edited, removed, moved, added, cut, rewritten. */
  findings: z.array(z.object({ seq: z.int().nullable(), kind: z.string(), message: z.string() })),
  /** Records after the last checkpoint, where a cut cannot be seen. */
  unsealed: z.int(),
  lastCheckpoint: z.object({ seq: z.int(), at: z.number() }).nullable(),
  key: z.object({ path: z.string(), protectsAgainst: z.string() }),
});
export type AuditVerification = z.infer<typeof auditVerification>;
