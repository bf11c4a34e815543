import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { Api } from '../http/api.ts';
import { Problem } from '../http/problem.ts';
import { logInForSmoke } from '../smoke/smoke-user.ts';
import { countAttempts } from './attempts.ts';
import { HASH_OF_NOBODY, verifyPassword } from './passwords.ts';
import { signedIn } from './signed-in.ts';
import type { Tokens } from './tokens.ts';
import { findCredentials, user } from './users.ts';

const logIn = z.object({ email: z.email().max(254).toLowerCase(), password: z.string().min(1).max(200) });
const session = z.object({ token: z.string(), user });

interface Sources {
  readonly database: Database;
  readonly tokens: Tokens;
  readonly smokePassword: string | undefined;
}

export function sessionRoutes(api: Api, { database, tokens, smokePassword }: Sources): void {
  const attempts = countAttempts();

  api.post('/api/session', {
    schema: { summary: 'Log in', body: logIn, response: { 201: session } },
    handler: async ({ body: { email, password } }, reply) => {
      reply.code(201);
      const smoke = await logInForSmoke(database, { email, password }, smokePassword);
      if (smoke) return { token: await tokens.issue(smoke), user: smoke };
      if (!attempts.mayTry(email, Date.now())) {
        const detail = 'Too many failed log-ins for this address; wait a minute.';
        throw new Problem(429, 'too-many-attempts', detail, { retryAfterSeconds: 60 });
      }
      const found = await findCredentials(database, email);
      const matches = await verifyPassword(password, found?.passwordHash ?? HASH_OF_NOBODY);
      if (!found || !matches) {
        attempts.failed(email, Date.now());
        throw new Problem(401, 'wrong-credentials', 'The address or the password is wrong.');
      }
      attempts.succeeded(email);
      return { token: await tokens.issue(found.user), user: found.user };
    },
  });
}

export function meRoutes(api: Api): void {
  api.get('/api/me', {
    schema: { summary: 'Who is logged in', response: { 200: user } },
    handler: async (request) => signedIn(request),
  });
}
