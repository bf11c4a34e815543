import { openDatabase } from './database/database.ts';
import { createLog } from './logging/log.ts';
import { SEED_PASSWORD, seed } from './seeding/seed.ts';
import { readDatabaseUrl } from './settings.ts';

try {
  const environment = process.env.APP_ENV ?? 'development';
  if (environment === 'production') throw new Error('seed data never goes to production; APP_ENV says production');
  const log = createLog({ level: 'warn', environment, release: undefined });
  const database = openDatabase(readDatabaseUrl(process.env), 2, log);
  try {
    const counts = await seed(database);
    process.stdout.write(`${counts.users} users, ${counts.projects} projects, ${counts.loans} loans are there\n`);
    process.stdout.write(`log in as lena@lender.example or bo@builder.example with ${SEED_PASSWORD}\n`);
  } finally {
    await database.destroy();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
