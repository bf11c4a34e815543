import { z } from 'zod';

/** Every code of a failure, once, with the HTTP status that it becomes. */
export const problems = {
  'bad-input': 400,
  'not-signed-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  conflict: 409,
  'stale-generation': 409,
  'gate-closed': 409,
  busy: 409,
  'check-failed': 422,
  'build-failed': 422,
  'migration-failed': 422,
  'rollout-failed': 422,
  'smoke-failed': 422,
  'description-invalid': 422,
  'audit-broken': 422,
  'too-many-requests': 429,
  interrupted: 499,
  'disk-full': 507,
  'data-unreadable': 500,
  'port-taken': 500,
  'command-failed': 500,
  'agent-unreachable': 503,
  'server-unreachable': 503,
  'database-unreachable': 503,
  'lease-lost': 503,
  deadline: 504,
  bug: 500,
} as const satisfies Record<string, number>;

export type ProblemCode = keyof typeof problems;

const codes = Object.keys(problems);

/** The body of every error reply, after RFC 9457. */
export const problemSchema = z.object({
  type: z.string().refine((code): code is ProblemCode => codes.includes(code), 'an unknown problem code'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  hint: z.string().optional(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;
