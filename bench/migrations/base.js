// @ts-check

/** The schema that the corpus migrates, and rows enough that a scan of the large tables is felt. Migrations run as its owner. */
export const schema = `
create role owner; create role app login; create role analyst;
grant create, usage on schema public to owner; set role owner;
create type project_status as enum ('draft', 'active', 'closed');
create domain email_address as text check (value like '%@%');
create table users (
  id bigserial primary key, email varchar(120) not null constraint users_email_key unique, name text not null,
  phone varchar(20), nickname text, role text not null default 'builder' check (role in ('builder', 'lender')),
  contact email_address, legacy_code text, created_at timestamptz not null default now());
create table projects (
  id bigserial primary key, owner_id bigint not null references users, title varchar(200) not null,
  status project_status not null default 'draft', budget numeric(12,2), meta jsonb, archived boolean not null default false);
create index projects_owner on projects (owner_id);
create table orders (
  id bigserial primary key, project_id bigint not null references projects, reference varchar(32) not null,
  amount_cents integer not null, state text not null default 'new', note text, external_id text,
  quantity smallint not null default 1, region char(2), tax numeric(10,2), placed_at timestamp not null default now(),
  legacy_flag boolean, payload text);
create index orders_project on orders (project_id);
create index orders_legacy_idx on orders (legacy_flag);
create table sessions (id uuid primary key, user_id bigint not null, token text not null, expires_at timestamptz not null);
create table settings (key text constraint settings_pkey primary key, value text not null, updated_by text);
create table legacy_audit (id serial primary key, what text not null, at timestamptz default now());
create table measurements (taken_on date not null, value double precision) partition by range (taken_on);
create table measurements_2023 partition of measurements for values from ('2023-01-01') to ('2024-01-01');
create table measurements_2024 partition of measurements for values from ('2024-01-01') to ('2025-01-01');
create table measurements_2025 (taken_on date not null, value double precision);
create sequence invoice_numbers;
create view order_totals as select project_id, count(*) as orders, sum(amount_cents) as cents from orders where project_id < 50 group by project_id;
create view legacy_view as select id, what from legacy_audit;
create materialized view project_stats as select status, count(*) as n from projects group by status;
create unique index on project_stats (status);
create function full_title(p projects) returns text language sql stable as $$ select p.title || ' (' || p.status || ')' $$;
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger sessions_touch before update on sessions for each row execute function touch();
grant select, insert, update, delete on all tables in schema public to app;
grant usage on all sequences in schema public to app;
grant select on orders, projects to analyst;
reset role;`;

export const rows = `
insert into users (email, name, phone, nickname, role, contact, legacy_code)
  select 'u' || n || '@example.com', 'User ' || n, '+49' || n, case when n % 3 = 0 then 'nick' || n end, case when n % 2 = 0 then 'builder' else 'lender' end, 'c' || n || '@example.com', 'L' || n from generate_series(1, 20000) n;
insert into projects (owner_id, title, budget, meta) select n % 20000 + 1, 'Project ' || n, n * 10, jsonb_build_object('n', n) from generate_series(1, 5000) n;
insert into orders (project_id, reference, amount_cents, state, note, external_id, region, tax, legacy_flag, payload)
  select n % 5000 + 1, 'R' || n, n % 100000, 'new', case when n % 2 = 0 then 'note ' || n end, 'x' || n, 'de', 1.5, n % 2 = 0, repeat('x', 330) from generate_series(1, 600000) n;
insert into sessions select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, n % 20000 + 1, 't' || n, now() from generate_series(1, 200000) n;
insert into settings select 'k' || n, 'v' || n from generate_series(1, 50) n;
insert into legacy_audit (what) select 'w' || n from generate_series(1, 1000) n;
insert into measurements select date '2023-01-01' + n % 700, n from generate_series(1, 150000) n;
insert into measurements_2025 select date '2025-01-01' + n % 300, n from generate_series(1, 400000) n;
select setval('invoice_numbers', 1000); refresh materialized view project_stats;`;

let made = 0;
const next = () => `${process.pid}-${++made}`;
const any = (/** @type {number} */ most) => 100 + Math.floor(Math.random() * (most - 100));

/** @typedef {{ readonly text: string, readonly values: readonly unknown[] }} Statement */

/** What the old release writes, one round. @type {() => readonly Statement[]} */
export const writes = () => {
  const email = `new-${next()}@example.com`;
  return [
    {
      text: 'insert into users (email, name, phone, role) values ($1, $2, $3, $4) returning id',
      values: [email, 'New', '+4917612345678901', 'lender'],
    },
    {
      text: 'insert into users (email, name, role) values ($1, $2, $3) on conflict (email) do update set name = excluded.name',
      values: [email, 'Again', 'lender'],
    },
    {
      text: 'insert into projects (owner_id, title) values ($1, $2) returning id, status',
      values: [any(5000), 'T'.repeat(200)],
    },
    {
      text: 'update projects set title = $1, status = $2, budget = $3 where id = $4',
      values: ['Renamed', 'active', 1_234_567_890.12, any(5000)],
    },
    {
      text: 'insert into orders (project_id, reference, amount_cents, external_id, tax) values ($1, $2, $3, $4, $5) returning id',
      values: [any(5000), `W${next()}`, 0, 'import', 2.5],
    },
    {
      text: 'update orders set state = $1, note = null, amount_cents = amount_cents + 1 where id = $2',
      values: ['paid', any(600000)],
    },
    { text: 'delete from orders where id = $1', values: [any(600000)] },
    {
      text: 'insert into sessions (id, user_id, token, expires_at) values (gen_random_uuid(), $1, $2, now()) returning id',
      values: [any(20000), 'token'],
    },
    {
      text: 'update sessions set expires_at = now() where id = $1',
      values: [`00000000-0000-4000-8000-${String(any(200000)).padStart(12, '0')}`],
    },
    {
      text: 'insert into settings (key, value) values ($1, $2) on conflict on constraint settings_pkey do update set value = excluded.value',
      values: ['last', 'x'],
    },
    { text: 'insert into measurements (taken_on, value) values ($1, $2)', values: ['2024-05-05', 1] },
    { text: "select nextval('invoice_numbers')", values: [] },
  ];
};

/** What the old release reads, one round: rows that it never writes, so that an answer that differs was changed by somebody else. @type {() => readonly Statement[]} */
export const reads = () => [
  {
    text: 'select id, email, name, phone, nickname, role, contact from users where id between 1 and 50 order by id',
    values: [],
  },
  {
    text: 'select p.id, p.title, p.status, p.budget, p.meta, p.archived, u.name from projects p join users u on u.id = p.owner_id where p.id between 1 and 50 order by p.id',
    values: [],
  },
  {
    text: 'select id, project_id, reference, amount_cents, state, note, external_id, quantity, region, tax, placed_at from orders where id between 1 and 50 order by id',
    values: [],
  },
  { text: 'select count(*) from orders where project_id = $1 and id < 90', values: [20] },
  { text: 'select project_id from order_totals where project_id = 3', values: [] },
  { text: 'select full_title(p) as title from projects p where id = 7', values: [] },
  { text: 'select user_id, token from sessions where id = $1', values: ['00000000-0000-4000-8000-000000000005'] },
  { text: 'select key, value, updated_by from settings where key = $1', values: ['k7'] },
  { text: 'select sum(value) from measurements where taken_on = $1', values: ['2023-06-01'] },
  { text: 'select status from project_stats where status = $1', values: ['draft'] },
];
