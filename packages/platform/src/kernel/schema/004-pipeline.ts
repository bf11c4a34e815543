import type { SchemaVersion } from './version.ts';

/** What was built, what is where, who holds what, and what happened. Times are epoch milliseconds. */
export const pipeline: SchemaVersion = {
  name: '004-pipeline',
  sql: `
    create table plumbline.environments (
      name        text primary key,
      generation  bigint not null default 0,
      holder      text,
      shape       jsonb,
      specs       jsonb not null default '{"blue": null, "green": null}',
      live        text,
      live_since  double precision,
      settings    text
    );
    create table plumbline.releases (
      id          text primary key,
      content     jsonb not null,
      commit      text,
      branch      text,
      subject     text,
      marks       jsonb not null,
      checks      jsonb not null,
      built_at    double precision not null,
      built_by    text not null,
      bytes       double precision not null
    );
    create table plumbline.verified (
      release     text not null references plumbline.releases,
      environment text not null,
      at          double precision not null,
      primary key (release, environment)
    );
    create table plumbline.climbs (
      number      bigint generated always as identity primary key,
      key         text not null unique,
      state       text not null,
      because     text,
      asked_by    text not null,
      asked_at    double precision not null,
      ended_at    double precision,
      commit      text,
      branch      text,
      subject     text,
      dirty       boolean not null,
      stamp       text,
      reason      text,
      release     text,
      path        jsonb not null,
      checks      jsonb not null default '[]',
      stages      jsonb not null
    );
    create table plumbline.deliveries (
      number      bigint generated always as identity primary key,
      key         text not null unique,
      kind        text not null,
      environment text not null,
      release     text not null references plumbline.releases,
      from_release text,
      climb       bigint references plumbline.climbs,
      state       text not null,
      because     text,
      held_at     text,
      asked_by    text not null,
      asked_at    double precision not null,
      reason      text,
      started_at  double precision,
      ended_at    double precision,
      settings    jsonb,
      plan        jsonb,
      plan_hash   text,
      approvals_needed integer not null default 0,
      gates       jsonb not null default '[]',
      stages      jsonb not null
    );
    create index deliveries_environment on plumbline.deliveries (environment, number desc);
    create unique index one_waits_for_an_environment on plumbline.deliveries (environment) where state = 'waiting';
    create table plumbline.commands (
      number      bigint generated always as identity primary key,
      delivery    bigint not null references plumbline.deliveries,
      kind        text not null,
      by          text not null,
      role        text not null,
      at          double precision not null,
      reason      text,
      plan_hash   text,
      -- Where a rollout was held; a word to one step says nothing of the next.
      step        text not null default '',
      unique (delivery, kind, by, step)
    );
    create table plumbline.progress (
      seq         bigint generated always as identity primary key,
      at          double precision not null,
      climb       bigint,
      delivery    bigint,
      environment text,
      kind        text not null,
      stage       text,
      state       text,
      text        text not null
    );
  `,
};
