import type { SchemaVersion } from './version.ts';

export const tokens: SchemaVersion = {
  name: '003-tokens',
  sql: `
    create table plumbline.tokens (
      id text primary key,
      name text not null,
      role text not null,
      secret_hash text not null,
      created_at double precision not null,
      created_by text not null,
      last_used_at double precision,
      expires_at double precision,
      revoked_at double precision
    );
    create index tokens_name on plumbline.tokens (name)`,
};
