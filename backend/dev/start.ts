import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from './postgres.ts';

// The API on its own: with the database that DATABASE_URL names, or with one that lives as long as this command.
const folder = fileURLToPath(new URL('..', import.meta.url));
const postgres = process.env.DATABASE_URL ? undefined : await startPostgres(dataFolder());
const env = {
  JWT_SECRET: 'only-for-development-on-this-machine',
  ...process.env,
  DATABASE_URL: process.env.DATABASE_URL ?? postgres?.url,
};
say(postgres ? `database: ${postgres.url}, kept in ${dataFolder()}` : 'database: the one in DATABASE_URL');
say(`cache: ${process.env.REDIS_URL ? 'the one in REDIS_URL' : 'off; set REDIS_URL to have one'}`);
say(`documents: ${process.env.DOCUMENTS_URL ?? join(folder, '.data/documents')}`);
say(`address: http://localhost:${process.env.PORT ?? 3000}/api/health`);

run('scripts/build.js');
run('dist/migrate.js', 'latest');
run('dist/seed.js');

const app = spawn(process.execPath, ['--import', 'tsx', '--watch-path=src', '--watch', 'src/main.ts'], {
  ...{ cwd: folder, env, stdio: 'inherit' },
});
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => app.kill('SIGTERM'));
await endOf(app);
await postgres?.stop();

function run(...args: string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: folder, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

async function endOf(child: ChildProcess): Promise<void> {
  await once(child, 'exit');
}

// Outside of the checkout, which the account that runs PostgreSQL may not be able to enter.
function dataFolder(): string {
  return join(tmpdir(), `connect2-dev-${userInfo().username}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
