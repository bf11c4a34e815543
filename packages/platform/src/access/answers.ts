import type { Platform } from '@plumbline/contract/platform';
import type { World } from '../world.ts';
import { authenticate, createToken, listTokens, revokeToken } from './tokens.ts';

type Answers = Pick<Platform, 'whoami' | 'authenticate' | 'tokens' | 'createToken' | 'revokeToken'>;

const dayMs = 24 * 60 * 60 * 1_000;

/** Who may come in, and as whom. */
export const accessAnswers = ({ database }: World): Answers => ({
  whoami: async (_, who) => who,
  authenticate: (token) => authenticate(database, token),
  tokens: () => listTokens(database),
  createToken: ({ name, role, days }, who) =>
    createToken(
      database,
      { name, role, expiresAt: days === undefined ? undefined : Date.now() + days * dayMs },
      who.name,
    ),
  revokeToken: ({ token }, who) => revokeToken(database, token, who.name),
});
