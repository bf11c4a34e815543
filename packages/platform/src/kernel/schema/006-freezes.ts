import type { SchemaVersion } from './version.ts';

/** What people froze and when; no environment is every environment. Times are epoch milliseconds. */
export const freezes: SchemaVersion = {
  name: '006-freezes',
  sql: `
    create table plumbline.freezes (
      number      bigint generated always as identity primary key,
      key         text not null unique,
      environment text,
      from_at     double precision not null,
      until_at    double precision not null check (until_at > from_at),
      reason      text not null,
      asked_by    text not null,
      asked_at    double precision not null,
      ended_at    double precision
    );
    create index freezes_until on plumbline.freezes (until_at) where ended_at is null;
    alter table plumbline.deliveries add column emergency boolean not null default false;
  `,
};
