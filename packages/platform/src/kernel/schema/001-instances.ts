import type { SchemaVersion } from './version.ts';

/**
 * A row for each control plane that ever ran. The unique (id, epoch) is no mere check: because an epoch is part of a key,
 * raising it waits for transactions that hold the row by `for key share`, while a renewal does not.
 */
export const instances: SchemaVersion = {
  name: '001-instances',
  sql: `
    create table plumbline.instances (
      id text primary key,
      epoch bigint not null,
      renewals bigint not null default 0,
      started_at double precision not null,
      renewed_at double precision not null,
      expires_at double precision not null,
      ended_at double precision,
      ended_by text,
      pid int not null,
      host text not null,
      version text not null,
      unique (id, epoch)
    )`,
};
