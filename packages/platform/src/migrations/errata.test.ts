import { readFileSync } from 'node:fs';
import createKnex, { type Knex } from 'knex';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { filesFor } from './phases.ts';
import { type OwnFiles, openOwnFiles, statements } from './testing/own-files.ts';

// The migrations of specification 6.2, word for word but for their types, beside what is done instead.

const specified = readFileSync(new URL('./fixtures/specification/migrations.ts.txt', import.meta.url), 'utf8')
  .replaceAll(/: Knex|: Promise<void>/g, '')
  .split('export async function up')
  .slice(1)
  .map((text) => `exports.up = async function up${text}`);
const [adds = '', fills = '', requires = '', addsRequired = ''] = specified;

let own: OwnFiles;
beforeAll(async () => {
  own = await openOwnFiles();
});
afterAll(() => own.close());
beforeEach(async () => {
  await own.anew();
  await own.asking('create table users (id int primary key); insert into users values (1), (2)');
});

const declaring = (phase: string, text: string) => `exports.phase = '${phase}';\n${text}`;
/** What a release from before the column writes. */
const oldReleaseWrites = () => own.asking('insert into users (id) values (3)');
const fields = () => own.asking('select id, new_field from users order by id');

test('E6-5: the three safe steps in one go break the old release; the last is a contract, which waits', async () => {
  await own.run({ '1.js': adds, '2.js': fills, '3.js': requires });
  await expect(oldReleaseWrites()).rejects.toThrow('null value in column "new_field"');

  await own.anew();
  await own.asking('create table users (id int primary key); insert into users values (1), (2)');
  const declared = { '1.js': declaring('expand', adds), '3.js': declaring('expand', requires) };
  await expect(own.run(declared)).rejects.toThrow(/3\.js declares expand and .*: declare it as contract/);
  await oldReleaseWrites();
  const files = ['1.js', '2.js', '3.js'].map((name) => ({
    name,
    digest: '',
    phase: name === '3.js' ? ('contract' as const) : ('expand' as const),
  }));
  const pending = { kind: 'pending' as const, now: ['1.js', '2.js'], contracts: ['3.js'], notes: [] };
  expect(filesFor('deliver', files, pending, true)).toEqual({ apply: ['1.js', '2.js'], leave: ['3.js'] });
});

test('E6-6: one update overwrites what somebody wrote; a declared backfill fills what is empty', async () => {
  const written = 'alter table users add new_field text; update users set new_field = $$mine$$ where id = 1';
  await own.asking(written);
  await own.run({ '2.js': fills });
  expect(await fields()).toContainEqual({ id: 1, new_field: 'default_value' });

  await own.anew();
  await own.asking(`create table users (id int primary key); insert into users values (1), (2); ${written}`);
  const set = { new_field: "'default_value'" };
  const backfill = `exports.backfill = ${JSON.stringify({ table: 'users', key: 'id', set, batch: 1 })};`;
  await own.run({ '2.js': declaring('backfill', backfill) });
  expect(await fields()).toEqual([
    { id: 1, new_field: 'mine' },
    { id: 2, new_field: 'default_value' },
  ]);
});

test('E6-7: altering to NOT NULL drops the default and reads the table under its lock; after a valid check it does neither', async () => {
  const filled = (column: string) =>
    own.asking(`alter table users add ${column} varchar(255) default 'x'; update users set ${column} = 'x'`);
  await filled('new_field');
  expect(await saidOfRequiring(upOf(requires))).toContain('verifying table "users"');
  expect(await defaultOf('new_field')).toBeNull();

  await filled('locale');
  // tsc knows nothing of what is outside of this package.
  const file = '../../../../backend/migrations/20260601090000_users_locale_required.ts';
  const { up } = (await import(new URL(file, import.meta.url).href)) as { up: Up };
  expect(await saidOfRequiring(up)).toEqual([
    'existing constraints on column "users.locale" are sufficient to prove that it does not contain nulls',
  ]);
  expect(await defaultOf('locale')).toContain("'x'");
});

test('E6-8: a required column without a default fails at once where there are rows; with a constant one it is there at once', async () => {
  await expect(own.run({ '1.js': addsRequired })).rejects.toThrow(
    'column "new_field" of relation "users" contains null',
  );
  await expect(own.run({ '1.js': declaring('expand', addsRequired) })).rejects.toThrow(
    'adds users.new_field, which is required and has no default',
  );
  const before = await own.asking("select pg_relation_filenode('users') as file");
  const withDefault = statements('in-transaction', "alter table users add new_field text not null default 'y'");
  await own.run({ '1.js': declaring('expand', withDefault) });
  await oldReleaseWrites();
  expect(await fields()).toContainEqual({ id: 3, new_field: 'y' });
  expect(await own.asking("select pg_relation_filenode('users') as file")).toEqual(before);
});

type Up = (knex: Knex) => Promise<void>;

const upOf = (text: string): Up => {
  const exports: { up?: Up } = {};
  new Function('exports', text)(exports);
  if (exports.up === undefined) throw new Error('the specification has no such migration');
  return exports.up;
};

/** What PostgreSQL tells of its work for the statement that requires the column, and holds the table for itself alone. */
const saidOfRequiring = async (up: Up): Promise<readonly string[]> => {
  const said: string[] = [];
  let isRequiring = false;
  const afterCreate = (connection: Watched, done: (error: Error | null) => void) => {
    connection.on('notice', ({ message }) => isRequiring && said.push(message));
    connection.query("set client_min_messages = 'debug1'", done);
  };
  const knex = createKnex({ client: 'pg', connection: own.url(), pool: { min: 0, max: 1, afterCreate } });
  knex.on('query', ({ sql }: { readonly sql: string }) => {
    isRequiring = /set not null/.test(sql);
  });
  try {
    await up(knex);
  } finally {
    await knex.destroy();
  }
  return said;
};

interface Watched {
  on(event: 'notice', listener: (notice: { readonly message: string }) => void): void;
  query(sql: string, done: (error: Error | null) => void): void;
}

const defaultOf = async (column: string): Promise<unknown> => {
  const [found] = await own.asking<{ column_default: string | null }>(
    `select column_default from information_schema.columns where table_name = 'users' and column_name = '${column}'`,
  );
  return found?.column_default;
};
