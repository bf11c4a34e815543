import { expect, test } from 'vitest';
import { concurrentIndex, statementKind } from './statement.ts';

test.each([
  ['create table a (n int)', 'changes'],
  ['-- why\n  ALTER TABLE a ADD COLUMN b int;', 'changes'],
  ['update a set n = 1', 'changes'],
  ['do $$ begin perform 1; end $$', 'changes'],
  ['with old as (select 1) delete from a using old', 'changes'],
  ['alter type mood add value $1', 'changes'],
  ['select 1', 'reads'],
  ['with a as (select 1) select * from a', 'reads'],
  ['explain select 1', 'reads'],
  ["set lock_timeout = '1s'", 'session'],
  ['savepoint s', 'session'],
  ['rollback to savepoint s', 'session'],
  ['BEGIN;', 'begins'],
  ['start transaction isolation level serializable', 'begins'],
  ['COMMIT;', 'ends'],
  ['rollback', 'ends'],
  ['CREATE UNIQUE INDEX CONCURRENTLY i ON t (c)', 'alone'],
  ['drop index concurrently if exists i', 'alone'],
  ['reindex (verbose) table concurrently t', 'alone'],
  ['vacuum (analyze) t', 'alone'],
  ['call tidy()', 'alone'],
  ['alter table t detach partition p concurrently', 'alone'],
  ['create index i on t (c)', 'changes'],
  ['reindex table t', 'changes'],
] as const)('"%s" is one that %s', (sql, kind) => {
  expect(statementKind(sql)).toBe(kind);
});

test.each([
  ['create index concurrently i on t (c)', { act: 'create', name: 'i', table: 't' }],
  [
    'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "Odd name" ON ONLY s."T" USING btree (c)',
    { act: 'create', name: '"Odd name"', table: 's."T"' },
  ],
  ['create index concurrently on t (c)', { act: 'create', name: null, table: 't' }],
  ['drop index concurrently if exists s.i cascade;', { act: 'drop', name: 's.i' }],
  ['create index i on t (c)', null],
])('of "%s" the index is known', (sql, index) => {
  expect(concurrentIndex(sql)).toEqual(index);
});
