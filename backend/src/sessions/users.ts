import { z } from 'zod';
import type { Database } from '../database/database.ts';

export const user = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: z.enum(['lender', 'builder']),
});

export type User = z.infer<typeof user>;

/** Of whoever has not said otherwise: the company lends in the United States alone. */
export const defaultLocale = 'en-US';

export interface Credentials {
  readonly user: User;
  readonly passwordHash: string;
}

export async function findCredentials(database: Database, email: string): Promise<Credentials | undefined> {
  const row = await database('users').where({ email }).first();
  return row && { user: user.parse(row), passwordHash: row.password_hash };
}
