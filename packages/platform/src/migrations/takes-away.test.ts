import { beforeAll, expect, test } from 'vitest';
import { type TakingAway, takingAway } from './takes-away.ts';

let one: TakingAway;
beforeAll(async () => {
  one = await takingAway();
});

test.each([
  ['alter table users drop column name', 'drops the column users.name'],
  ['drop table users', 'drops the table users'],
  ['drop view s.people cascade', 'drops the view s.people'],
  ['drop function f(int)', 'drops the function f'],
  ['drop trigger t on users', 'drops the trigger users.t'],
  ['alter table users rename column name to title', 'renames the column name'],
  ['alter table users rename to people', 'renames the table users'],
  ["alter type mood rename value 'sad' to 'blue'", 'renames the value sad'],
  ['alter table users alter column name set not null', 'requires users.name'],
  ['alter table users alter name drop default', 'drops the default of users.name'],
  ['alter table users alter column age type int', 'changes the type of users.age'],
  ['alter table users add column age int not null', 'adds users.age, which is required and has no default'],
  ['alter table users add constraint c check (name is not null) not valid', 'constrains users'],
  ['alter table users add foreign key (team) references teams not valid', 'constrains users'],
  ['truncate users', 'empties a table'],
  ['select 1; drop table users', 'drops the table users'],
])('"%s" takes away: it %s', (sql, words) => {
  expect(one.of(sql)).toBe(words);
});

test.each([
  'create table people (id int primary key)',
  'alter table users add column age int',
  'alter table users add column level int not null default 1',
  'alter table users add column n bigint generated always as identity',
  'create unique index concurrently i on users (name)',
  'drop index concurrently i',
  'alter index i rename to j',
  'alter table users validate constraint c',
  'alter table users add constraint u unique using index i',
  'alter table users alter column name drop not null',
  "alter type mood add value 'calm'",
  'update users set age = $1',
  'not even SQL',
])('"%s" only adds', (sql) => {
  expect(one.of(sql)).toBeNull();
});

test('what a file has made itself it may change', async () => {
  const file = await takingAway();
  const statements = [
    'create table own (a int)',
    'alter table own add column b int not null',
    'alter table own rename column a to c',
    'alter table users add column age int',
    'alter table users add constraint adult check (age >= 18)',
    'drop table own',
  ];
  expect(statements.map((sql) => file.of(sql))).toEqual(statements.map(() => null));
});

test('statements for rows are told from those for the schema', () => {
  expect(one.isForRows('update users set age = 1 where age is null')).toBe(true);
  expect(one.isForRows('begin; delete from users; commit')).toBe(true);
  expect(one.isForRows('create index i on users (age)')).toBe(false);
});
