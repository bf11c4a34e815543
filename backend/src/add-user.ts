import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { openDatabase } from './database/database.ts';
import { createLog } from './logging/log.ts';
import { hashPassword } from './sessions/passwords.ts';
import { defaultLocale, user } from './sessions/users.ts';
import { readDatabaseUrl } from './settings.ts';
import { smokeUser } from './smoke/smoke-user.ts';

const usage = 'usage: node dist/add-user.js EMAIL lender|builder NAME, with the password on standard input';

const newUser = z.object({
  email: z.email(usage).max(254).toLowerCase(),
  role: user.shape.role,
  name: z.string(usage).trim().min(1, usage).max(120),
  password: z.string().min(12, 'a password has at least 12 characters').max(200),
});

/** Production has no seed data, and nobody signs up by themselves: an operator adds who may come in. */
try {
  const [email, role, name] = process.argv.slice(2);
  const given = newUser.safeParse({ email, role, name, password: (await text(process.stdin)).trimEnd() });
  if (!given.success) throw new Error(given.error.issues[0]?.message ?? usage);
  const { password, ...who } = given.data;
  if (who.email === smokeUser.email) throw new Error(`${who.email} is kept for smoke tests; take another address`);
  const database = openDatabase(
    readDatabaseUrl(process.env),
    1,
    createLog({ level: 'warn', environment: 'operator', release: undefined }),
  );
  try {
    const row = { ...who, locale: defaultLocale, password_hash: await hashPassword(password) };
    const added = await database('users').insert(row, ['id']).onConflict('email').ignore();
    if (added.length === 0) throw new Error(`${who.email} is there already`);
    process.stdout.write(`added ${who.email}, a ${who.role}\n`);
  } finally {
    await database.destroy();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
