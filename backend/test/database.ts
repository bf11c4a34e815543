import { randomUUID } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import { query, urlOf } from './database-server.ts';

/** The address of a database of the test's own: migrated and seeded, or empty. Gone when the test is over. */
export async function ownDatabase({ empty = false } = {}): Promise<string> {
  const serverUrl = inject('serverUrl');
  const name = `connect2_${randomUUID().slice(0, 8)}`;
  await query(serverUrl, `create database ${name} template ${empty ? 'template0' : inject('template')}`);
  onTestFinished(() => query(serverUrl, `drop database ${name} with (force)`));
  return urlOf(serverUrl, name);
}
