import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { Platform } from '@plumbline/contract/platform';
import type { Route, RouteName } from '@plumbline/contract/routes';
import type { FastifyInstance, FastifyRequest } from 'fastify';

type Limit = ReturnType<FastifyInstance['createRateLimit']>;

/** Who stands for the calls of a route that needs no token. */
export const nobody: Identity = { name: 'nobody', role: 'viewer' };

/**
 * Says who calls, and refuses whose role may not. Only failed sign-ins are counted: on loopback everybody shares one
 * address, and whoever has a good token must not be locked out by somebody else's mistakes.
 */
export const signIn =
  (platform: Platform, failedSignIns: Limit) =>
  async (request: FastifyRequest, name: RouteName, route: Route): Promise<Identity> => {
    if (route.roles === 'anyone') return nobody;
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const who = token === undefined ? null : await platform.authenticate(token);
    if (who === null) throw await refusal(failedSignIns, request, token);
    if (!route.roles.includes(who.role)) {
      throw new Failure(
        'not-allowed',
        `${who.name} is ${article(who.role)}, and "${name}" is for ${route.roles.join(', ')}`,
        {
          hint: `use a token of such a role: plumb token create NAME --role ${route.roles[0]}`,
        },
      );
    }
    return who;
  };

const refusal = async (failedSignIns: Limit, request: FastifyRequest, token: string | undefined): Promise<Failure> => {
  const limit = await failedSignIns(request);
  if (!limit.isAllowed && limit.isExceeded) {
    return new Failure('too-many-requests', 'too many failed sign-ins from this address', {
      hint: `wait ${limit.ttlInSeconds} s, or use a token that is valid`,
    });
  }
  const message = token === undefined ? 'this call needs a token' : 'this token is unknown, expired or revoked';
  return new Failure('not-signed-in', message, { hint: 'send it as "Authorization: Bearer TOKEN"' });
};

const article = (role: string): string => (/^[aeiou]/.test(role) ? `an ${role}` : `a ${role}`);
