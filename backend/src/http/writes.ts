import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Database, Transaction } from '../database/database.ts';
import { once } from '../database/once.ts';
import { signedIn } from '../sessions/signed-in.ts';
import { Problem } from './problem.ts';

/** Unique per user, kept for two days: a write that is sent again with its key is not done again. */
export const writeHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, 'is 1 to 128 visible characters')
    .optional(),
});

interface Create<Body> {
  readonly shape: z.ZodType<Body>;
  /** What tells this request from another one under the same key. */
  readonly asked: unknown;
  readonly work: (transaction: Transaction) => Promise<Body>;
}

/** Does a creating write once, and answers 201 with what was created, the first time and each time it is repeated. */
export async function create<Body>(
  database: Database,
  request: FastifyRequest,
  reply: FastifyReply,
  { shape, asked, work }: Create<Body>,
): Promise<{ body: Body; isReplay: boolean }> {
  const { 'idempotency-key': key } = writeHeaders.parse(request.headers);
  const write = { userId: signedIn(request).id, key, request: [request.method, request.url, asked] };
  const outcome = await once(database, write, shape, work);
  if (outcome.kind === 'key-reused') {
    throw new Problem(422, 'key-reused', 'This Idempotency-Key came with another request before; take a new one.');
  }
  reply.code(201);
  if (outcome.kind === 'replayed') reply.header('idempotent-replayed', 'true');
  return { body: outcome.body, isReplay: outcome.kind === 'replayed' };
}
