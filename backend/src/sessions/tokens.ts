import { jwtVerify, SignJWT } from 'jose';
import { JOSEError } from 'jose/errors';
import { type User, user } from './users.ts';

const ISSUER = 'connect2';
const VALID_SECONDS = 8 * 60 * 60;

export interface Tokens {
  issue(user: User): Promise<string>;
  /** The user of a valid token; nobody for any other. */
  read(token: string): Promise<User | undefined>;
}

/** Signed with a secret that all replicas share, of this release and the next: a log-in outlives a delivery. */
export function createTokens(secret: string): Tokens {
  const key = new TextEncoder().encode(secret);
  return {
    issue: ({ id, ...claims }) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(id)
        .setIssuer(ISSUER)
        .setIssuedAt()
        .setExpirationTime(`${VALID_SECONDS}s`)
        .sign(key),
    read: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: ISSUER });
        return user.safeParse({ ...payload, id: payload.sub }).data;
      } catch (error) {
        if (error instanceof JOSEError) return undefined;
        throw error;
      }
    },
  };
}
