import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { SettingsError } from '../settings.ts';

/** How to reach PostgreSQL, with `sslmode` of the address taken apart; the driver's own reading of it changes with versions. */
export interface Connection {
  readonly connectionString: string;
  readonly ssl: false | ConnectionOptions;
  readonly application_name: string;
  readonly connectionTimeoutMillis: number;
  readonly keepAlive: true;
}

const VERIFIED = ['require', 'verify-ca', 'verify-full'];

/**
 * `sslmode=require`, `verify-ca` and `verify-full` all verify the server, against `sslrootcert` (a file; RDS ships one) or
 * the system's authorities: encryption without verification protects against nobody who can stand in between.
 */
export function connectionTo(databaseUrl: string): Connection {
  const url = new URL(databaseUrl);
  const mode = url.searchParams.get('sslmode') ?? 'disable';
  const authority = url.searchParams.get('sslrootcert');
  url.searchParams.delete('sslmode');
  url.searchParams.delete('sslrootcert');
  return {
    connectionString: url.href,
    ssl: tls(mode, authority),
    application_name: 'connect2-backend',
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
  };
}

function tls(mode: string, authority: string | null): false | ConnectionOptions {
  if (mode === 'disable') return false;
  if (!VERIFIED.includes(mode)) {
    throw new SettingsError(`DATABASE_URL is wrong: sslmode is one of disable, ${VERIFIED.join(', ')}`);
  }
  return authority ? { rejectUnauthorized: true, ca: readFileSync(authority, 'utf8') } : { rejectUnauthorized: true };
}
