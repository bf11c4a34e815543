import { z } from 'zod';

/** What a token may do. viewer reads; deployer ships and rolls back; approver approves and aborts but does not ship; admin all. */
export const roles = ['viewer', 'deployer', 'approver', 'admin'] as const;
export const role = z.enum(roles);
export type Role = z.infer<typeof role>;

/** Who asks. Two tokens of one name are one identity: whoever asked for a delivery cannot approve it under either. */
export const identity = z.object({ name: z.string().min(1).max(80), role });
export type Identity = z.infer<typeof identity>;

export const tokenSummary = z.object({
  id: z.string(),
  name: z.string(),
  role,
  createdAt: z.number(),
  createdBy: z.string(),
  lastUsedAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  revokedAt: z.number().nullable(),
});
export type TokenSummary = z.infer<typeof tokenSummary>;

/** The secret is shown once, when the token is made; only its hash is kept. */
export const newToken = tokenSummary.extend({ token: z.string() });
export type NewToken = z.infer<typeof newToken>;
