import type { SchemaVersion } from './version.ts';

/**
 * The outbox. A notice is written in the transaction of what it tells; which receivers it goes to is found out afterwards,
 * and each of them then has a notification of its own. Neither holds an address or a secret. Times are epoch milliseconds.
 */
export const notices: SchemaVersion = {
  name: '005-notices',
  sql: `
    create table plumbline.notices (
      number        bigint generated always as identity primary key,
      id            uuid not null unique default gen_random_uuid(),
      key           text not null unique,
      kind          text not null,
      at            double precision not null,
      environment   text not null,
      delivery      bigint,
      delivery_kind text,
      release       text,
      from_release  text,
      commit        text,
      subject       text,
      who           text not null,
      because       text,
      site          text,
      routed_at     double precision
    );
    create index notices_to_route on plumbline.notices (number) where routed_at is null;
    create table plumbline.notifications (
      notice        bigint not null references plumbline.notices on delete cascade,
      notifier      text not null,
      environment   text not null,
      state         text not null default 'waiting',
      attempts      integer not null default 0,
      because       text,
      next_at       double precision not null,
      claimed_by    text,
      claimed_until double precision not null default 0,
      ended_at      double precision,
      primary key (notice, notifier)
    );
    create index notifications_to_send on plumbline.notifications (notifier, environment, notice) where state = 'waiting';
  `,
};
