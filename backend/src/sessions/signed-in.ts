import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.ts';
import type { Tokens } from './tokens.ts';
import type { User } from './users.ts';

const users = new WeakMap<FastifyRequest, User>();

/** The user who asks. Only below routes that `requireUser` guards. */
export function signedIn(request: FastifyRequest): User {
  const user = users.get(request);
  if (!user) throw new Error(`${request.routeOptions.url} is not guarded by requireUser`);
  return user;
}

/** Lets nobody pass who has no valid token. */
export const requireUser = (tokens: Tokens) => async (request: FastifyRequest) => {
  const [scheme, token] = request.headers.authorization?.split(' ') ?? [];
  const user = scheme === 'Bearer' && token ? await tokens.read(token) : undefined;
  if (!user) throw new Problem(401, 'not-signed-in', 'Log in first: POST /api/session, then send its token as Bearer.');
  users.set(request, user);
};
