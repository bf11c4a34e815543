import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgres, temporaryDataFolder } from '../dev/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly serverUrl: string;
    readonly template: string;
  }
}

/** One PostgreSQL for all tests, and in it a migrated, seeded database that each of them copies. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.TEST_DATABASE_URL ? undefined : await startOwn();
  const serverUrl = process.env.TEST_DATABASE_URL ?? server?.url ?? '';
  const template = `connect2_template_${randomUUID().slice(0, 8)}`;

  run({}, 'scripts/build.js');
  await query(serverUrl, `create database ${template}`);
  const DATABASE_URL = urlOf(serverUrl, template);
  run({ DATABASE_URL }, 'dist/migrate.js', 'latest');
  run({ DATABASE_URL }, 'dist/seed.js');
  project.provide('serverUrl', serverUrl);
  project.provide('template', template);

  return async () => {
    await query(serverUrl, `drop database ${template} with (force)`);
    await server?.stop();
  };
}

async function startOwn() {
  const folder = temporaryDataFolder();
  const { url, stop } = await startPostgres(folder);
  return {
    url,
    stop: async () => {
      await stop();
      await rm(dirname(folder), { recursive: true });
    },
  };
}

export function urlOf(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

function run(variables: Record<string, string>, ...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...variables },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
}
