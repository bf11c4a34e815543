import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MigrationFinding } from '@plumbline/contract/migration-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beforeFiles, checkFiles, withCopies } from './check-files.ts';
import type { SentStatement } from './probes.ts';
import { type Shadow, withShadow } from './shadow.ts';
import { type Tracer, withTracer } from './trace.ts';

let folder: string;
let cases = 0;
let shadow: Shadow;
let tracer: Tracer;
let release: () => void;
let released: Promise<unknown>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plumb-check-'));
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await new Promise<void>((ready, failed) => {
    released = withTracer({}, (started) =>
      withShadow({ kind: 'built', build }, async (made) => {
        [shadow, tracer] = [made, started];
        ready();
        await held;
      }),
    );
    released.catch(failed);
  });
});
afterAll(async () => {
  release();
  await released;
  await rm(folder, { recursive: true });
});

const schema = `
  create table users (id bigserial primary key, name text not null, nick text);
  create table visits (id bigserial primary key, user_id bigint not null references users, at timestamptz not null);`;

/** Checks the files of a release, after those of releases before it, among tables of that many rows. */
const checked = async (
  files: Readonly<Record<string, string>>,
  {
    rows = null,
    earlier = {},
    sent = [],
  }: { rows?: number | null; earlier?: Readonly<Record<string, string>>; sent?: readonly SentStatement[] } = {},
): Promise<readonly MigrationFinding[]> => {
  const inside = path.join(folder, String(++cases));
  await mkdir(inside);
  for (const [name, text] of Object.entries({ ...earlier, ...files })) await writeFile(path.join(inside, name), text);
  const own: Shadow = { ...shadow, rows: rows === null ? null : sizes(rows) };
  if (Object.keys(earlier).length > 0) own.ordinary = own.difficult = () => after(inside, Object.keys(earlier));
  const before = await beforeFiles(own, sent);
  return withCopies(own, (copies) =>
    checkFiles({ shadow: own, copies, tracer, before, folder: inside, files: Object.keys(files) }),
  );
};

/** The schema after earlier releases, with rows that suit it. */
const after = async (inside: string, earlier: readonly string[]): Promise<string> => {
  const databaseUrl = await shadow.empty();
  for (const file of earlier) await tracer.trace({ databaseUrl, folder: inside, file, existing: null });
  await shadow.fill(databaseUrl);
  return databaseUrl;
};

const build = async (databaseUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(schema);
  await client.end();
};

const sizes = (rows: number) =>
  new Map([
    ['public.users', rows],
    ['public.visits', rows],
  ]);
const refusals = (findings: readonly MigrationFinding[]) =>
  findings
    .filter(({ severity, accepted }) => severity === 'error' && accepted === null)
    .map(({ id, file, line }) => `${file}:${line} ${id}`);
const up = (body: string) => `export async function up(knex) {\n  ${body}\n}\n`;

// The specification's 6.2, word for word.
const add = up("await knex.schema.alterTable('users', (table) => { table.string('new_field').nullable(); });");
const fill = up("await knex('users').update({ new_field: 'default_value' });");
const require = up(
  "await knex.schema.alterTable('users', (table) => { table.string('new_field').notNullable().alter(); });",
);

test('the three steps of a NOT NULL pass as three releases', async () => {
  expect(refusals(await checked({ '1.mjs': add }, { rows: 800 }))).toEqual([]);
  expect(refusals(await checked({ '2.mjs': fill }, { rows: 800, earlier: { '1.mjs': add } }))).toEqual([]);
  expect(
    refusals(await checked({ '3.mjs': require }, { rows: 800, earlier: { '1.mjs': add, '2.mjs': fill } })),
  ).toEqual([]);
});

test('the same steps as one release are refused at the last, which the old release cannot know', async () => {
  const findings = await checked({ '1.mjs': add, '2.mjs': fill, '3.mjs': require }, { rows: 800 });
  expect(refusals(findings)).toEqual(['3.mjs:2 column-required']);
});

test('a NOT NULL column without a default fails at once, which is the reason; the constant default is the fix', async () => {
  const bad = up("await knex.schema.alterTable('users', (table) => { table.string('new_field').notNullable(); });");
  const [first] = await checked({ '1.mjs': bad }, { rows: 800 });
  expect(first).toMatchObject({
    id: 'column-required',
    file: '1.mjs',
    line: 2,
    message: expect.stringMatching(/^the file fails at once on every table that has a row \(23502 /),
    fix: expect.stringContaining("not null default 'VALUE'"),
  });
  const good = up(
    "await knex.schema.alterTable('users', (table) => { table.string('new_field').notNullable().defaultTo('x'); });",
  );
  expect(refusals(await checked({ '1.mjs': good }))).toEqual([]);
});

test('a CHECK that wants a value, NOT VALID or not, is refused in the release that brings the column', async () => {
  const advised = up(
    'await knex.raw("alter table users add column tier text; alter table users add constraint tier_there check (tier is not null) not valid");',
  );
  const findings = await checked({ '1.mjs': advised });
  expect(refusals(findings)).toEqual(['1.mjs:2 column-required']);
  expect(findings.find(({ id }) => id === 'column-required')?.message).toContain(
    'NOT VALID spares the rows that are there, not those that come',
  );
});

test('how long others wait decides, by the size of the table: unknown is large', async () => {
  const index = up("await knex.schema.alterTable('visits', (table) => { table.index('at'); });");
  expect(refusals(await checked({ '1.mjs': index }, { rows: 2_000 }))).toEqual([]);
  const [finding] = await checked({ '1.mjs': index });
  expect(finding).toMatchObject({
    id: 'index-blocks-writes',
    severity: 'error',
    message: 'writers of visits wait for about 4.0 s at 1,000,000 rows, while the index is built (visits)',
    fix: expect.stringContaining('create index concurrently visits_at_index on "visits" ("at")'),
  });
});

test('what a file accepts needs a reason, and is passed with it', async () => {
  const drop = 'export const up = (knex) => knex.raw("alter table users drop column nick");\n';
  const accepting = (reason: string) => `export const accepts = { 'column-dropped': '${reason}' };\n${drop}`;
  expect(refusals(await checked({ '1.mjs': accepting('') }))).toEqual([
    '1.mjs:2 column-dropped',
    '1.mjs:null acceptance-without-reason',
  ]);
  const findings = await checked({ '1.mjs': accepting('nobody has read it since May') });
  expect([refusals(findings), findings[0]?.accepted]).toEqual([[], 'nobody has read it since May']);
});

test('what the old release was seen to send decides what its schema alone cannot tell', async () => {
  const unique = `export const config = { transaction: false };\n${up('await knex.raw("create unique index concurrently users_nick on users (nick)");')}`;
  const sends = (...nicks: readonly string[]) =>
    nicks.map((nick) => ({ text: 'insert into users (name, nick) values ($1, $2)', values: ['n', nick] }));
  expect(refusals(await checked({ '1.mjs': unique }))).toEqual([]);
  expect(refusals(await checked({ '1.mjs': unique }, { sent: sends('own a', 'own b') }))).toEqual([]);
  expect(refusals(await checked({ '1.mjs': unique }, { sent: sends('same', 'same') }))).toEqual([
    '1.mjs:3 old-statement-fails',
  ]);
});
