import { createHash, timingSafeEqual } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { HASH_OF_NOBODY } from '../sessions/passwords.ts';
import { defaultLocale, type User } from '../sessions/users.ts';

/** Who a smoke test is logged in as, in every environment. What it writes is marked, and nobody else sees it. */
export const smokeUser: User = {
  id: '5304e0e0-7e57-8000-8000-000000000001',
  email: 'smoke@connect2.example',
  name: 'Smoke test',
  role: 'builder',
};

export const isSmokeUser = ({ id }: Pick<User, 'id'>): boolean => id === smokeUser.id;

/**
 * The smoke user, where this is its log-in. Its password is a setting and never in the database, so it opens nothing in a
 * copy of one; a wrong one is not counted, for nobody guesses 32 characters, and who tried could keep a release out.
 */
export async function logInForSmoke(
  database: Database,
  { email, password }: { readonly email: string; readonly password: string },
  expected: string | undefined,
): Promise<User | undefined> {
  if (expected === undefined || email !== smokeUser.email || !isSame(password, expected)) return undefined;
  const row = { ...smokeUser, locale: defaultLocale, password_hash: HASH_OF_NOBODY };
  await database('users').insert(row).onConflict('id').ignore();
  return smokeUser;
}

const isSame = (given: string, expected: string): boolean => timingSafeEqual(digestOf(given), digestOf(expected));

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
