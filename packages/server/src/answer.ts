import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { AnsweredRoute, Platform } from '@plumbline/contract/platform';
import { type Route, type RouteName, routes } from '@plumbline/contract/routes';
import type { FastifyRequest } from 'fastify';
import { inputOf } from './input.ts';

/** A platform method as the table sees it: which input belongs to which route is known to `Platform`, not to a loop. */
type Method = (input: unknown, who: Identity, idempotencyKey?: string) => Promise<unknown>;

/** Answers a route by the one platform call of its name. */
export const answer =
  (platform: Platform, checkReplies: boolean) =>
  async (name: RouteName, who: Identity, request: FastifyRequest): Promise<unknown> => {
    const route: Route = routes[name];
    const input = inputOf(route, request);
    // The input was parsed with the schemas of this very route, and the caller sends streams elsewhere.
    const call = platform[name as AnsweredRoute].bind(platform) as Method;
    const reply = await call(input, who, idempotencyKey(route, request));
    if (checkReplies && route.reply !== 'events') return route.reply.parse(reply);
    return reply;
  };

const idempotencyKey = (route: Route, { headers }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key'];
  if (key === undefined || route.method === 'GET') return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new Failure('bad-input', 'Idempotency-Key must be 1 to 200 printable characters without spaces');
};
