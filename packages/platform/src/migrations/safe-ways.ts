import { kindOf, type SqlNode } from './sql-statements.ts';

export interface About {
  readonly table: string;
  readonly column?: string;
  readonly sql: string;
  readonly node: SqlNode;
}

const alone = 'export const config = { transaction: false };';

/** The safe way instead, as code of a migration. */
export const waysOf = (id: string, about: About): string =>
  ways[id]?.(about) ?? 'look at what the statement does, and do it in steps that old code bears';

const index = ({ sql, node, table }: About): string => {
  const [, fields] = kindOf(node);
  const name = typeof fields.idxname === 'string' ? fields.idxname : `${table}_index`;
  const written = /^\s*create\s+(unique\s+)?index\s+(?:if not exists\s+)?("?[\w.]+"?\s+)?on\s+([\s\S]*)$/i.exec(sql);
  const create = written
    ? `create ${written[1] ? 'unique ' : ''}index concurrently ${name} on ${(written[3] ?? '').trim()}`
    : `create index concurrently ${name} on ${table} (…)`;
  return `${alone}\nawait knex.raw('drop index concurrently if exists ${name}');\nawait knex.raw(\`${create}\`);`;
};

const later = (table: string, what: string): string =>
  `release N: alter table ${table} add constraint NAME ${what} not valid;\na file later: await knex.raw('alter table ${table} validate constraint NAME');`;

const notNull = (table: string, column: string): string =>
  `await knex.raw('alter table ${table} add constraint ${column}_there check (${column} is not null) not valid'); // once every release that lives writes it\na file later: await knex.raw('alter table ${table} validate constraint ${column}_there');\na file later: await knex.raw('alter table ${table} alter column ${column} set not null; alter table ${table} drop constraint ${column}_there');`;

const takeAway = (what: string): string =>
  `release N stops using ${what}; then, in a file of its own: export const phase = 'contract'; it is applied when no release needs ${what} any more`;

const columnNamed = ({ column }: About, fallback = 'COLUMN'): string => column || fallback;

const newColumn = ({ table, column }: About): string =>
  `release N: add the new column, and write both:\nawait knex.schema.alterTable('${table}', (table) => { table.specificType('${column || 'column'}_new', 'TYPE'); });\nthen export const backfill = { table: '${table}', key: 'id', set: { ${column || 'column'}_new: '${column || 'column'}::TYPE' } };\nrelease N+1 reads the new one; release N+2: export const phase = 'contract' and drop the old one`;

const ways: Readonly<Record<string, (about: About) => string>> = {
  'index-blocks-writes': index,
  'reindex-blocks': ({ table }) => `${alone}\nawait knex.raw('reindex table concurrently ${table}');`,
  'unique-builds-index': ({ table }) =>
    `${alone}\nawait knex.raw('drop index concurrently if exists ${table}_key');\nawait knex.raw('create unique index concurrently ${table}_key on ${table} (…)');\na file later: await knex.raw('alter table ${table} add constraint ${table}_key unique using index ${table}_key');`,
  'primary-key-builds-index': ({ table }) =>
    `make the columns NOT NULL first (CHECK … NOT VALID, VALIDATE, SET NOT NULL), then\n${alone}\nawait knex.raw('create unique index concurrently ${table}_pkey on ${table} (…)');\na file later: await knex.raw('alter table ${table} add primary key using index ${table}_pkey');`,
  'exclusion-builds-index': ({ table }) =>
    `there is none on a table in use: make a new table with the constraint, write to both, fill it in batches, and change over to it (${table} stays until the contract)`,
  'check-scans': ({ table }) => later(table, 'check (…)'),
  'foreign-key-scans': ({ table }) => later(table, 'foreign key (…) references …'),
  'validated-under-lock': () =>
    "validate it in a file of its own: await knex.raw('alter table … validate constraint …'); alone it keeps nobody waiting",
  'not-null-scans': ({ table, column }) => notNull(table, column || 'COLUMN'),
  'type-rewrites': newColumn,
  'default-rewrites': ({ table }) =>
    `await knex.raw('alter table ${table} add column COLUMN TYPE');\nawait knex.raw('alter table ${table} alter column COLUMN set default …');\nthen, in a file of its own: export const backfill = { table: '${table}', key: 'id', set: { COLUMN: '…' } };`,
  'column-rewrites': ({ table }) =>
    `a plain column: await knex.raw('alter table ${table} add column COLUMN bigint'); filled by a trigger or by the app from now on, and by export const backfill for the rows that are there`,
  'table-rewritten': ({ table }) =>
    `not on a table in use: pg_repack does it beside it, or let VACUUM reuse the space of ${table}`,
  'view-refreshed-under-lock': ({ table }) =>
    `await knex.raw('refresh materialized view concurrently ${table}'); // it needs a unique index`,
  'attach-scans': ({ table }) =>
    `a file before: await knex.raw('alter table ${table} add constraint in_range check (…) not valid');\na file later: await knex.raw('alter table ${table} validate constraint in_range'); then attach, which finds the proof`,
  'lock-held-on': () =>
    'put what takes long into a file of its own: each file is a transaction, and lets its locks go at its end',
  'long-lock': () =>
    'put what takes long into a file of its own: each file is a transaction, and lets its locks go at its end',
  'rows-written-at-once': ({ table }) =>
    `export const phase = 'backfill';\nexport const backfill = { table: '${table}', key: 'id', set: { COLUMN: '…' } }; // in batches, where it is still NULL, and it goes on after a kill`,
  'timeout-removed': () => 'leave it out: the runner sets it on every connection, and tries again',
  'column-required': ({ table, column }) =>
    `either with a constant, which costs nothing since PostgreSQL 11:\nawait knex.raw("alter table ${table} add column ${column || 'COLUMN'} TYPE not null default 'VALUE'");\nor in three releases: add it nullable and write it; fill it with export const backfill; then\n${notNull(table, column || 'COLUMN')}`,
  'column-tightened': (about) => `${notNull(about.table, columnNamed(about))}`,
  'relation-dropped': ({ table }) => takeAway(table || 'it'),
  'relation-renamed': ({ table }) =>
    `give old code its name in the same transaction: await knex.raw('alter table ${table} rename to NEW; create view ${table} as select * from NEW'); and drop the view by a contract`,
  'column-dropped': (about) => takeAway(`${about.table}.${columnNamed(about)}`),
  'column-renamed': newColumn,
  'type-changed-for-readers': newColumn,
  'type-narrowed': newColumn,
  'default-dropped': (about) =>
    `keep the default (knex's .alter() drops it unless it is named again: .defaultTo(…), or .alter({ alterNullable: false })), or drop it by a contract: ${takeAway(`the default of ${about.table}.${columnNamed(about)}`)}`,
  'nulls-allowed': () => 'let the new release write NULL only when no old one reads it',
  'constraint-added': () =>
    'add it in the release after the one that keeps to it; captured statements of the old release prove that it does',
  'uniqueness-added': () =>
    'remove the duplicates and let the code refuse them first; captured statements of the old release prove that it does',
  'uniqueness-dropped': ({ table }) => takeAway(`ON CONFLICT on ${table || 'it'}`),
  'constraint-dropped': () => 'nothing to do, if that is meant',
  'constraint-renamed': () => 'leave the name, or let a contract change it',
  'function-dropped': () => 'give the new one another name, and drop the old one by a contract',
  'enum-value-gone': () =>
    'add the new value (alter type … add value), write it, and leave the old one: PostgreSQL cannot drop a value',
  'enum-value-added': () => 'let old releases read it before a new one writes it',
  'rights-removed': () => 'take rights away by a contract',
  'row-security': () => 'in the same file: create policy … using (true), and narrow it by a contract',
  'trigger-added': () => 'a trigger that only fills in what is missing, and never refuses, is safe',
  'json-without-equality': ({ table, column }) =>
    `await knex.schema.alterTable('${table}', (table) => { table.jsonb('${column || 'column'}'); });`,
  'old-statement-fails': () =>
    'let the release before this one send it in a way that both schemas take, and change the schema in the next',
  'rows-deleted': ({ table }) =>
    `keep the rows until no release needs them: export const phase = 'contract', in batches and with a WHERE; or rename ${table} and drop it a release later`,
  'values-overwritten': ({ table, column }) =>
    `export const backfill = { table: '${table}', key: 'id', set: { ${column || 'column'}: '…' } }; // fills where it is NULL, and leaves what was written`,
  'values-rewritten': newColumn,
  'concurrently-in-transaction': () => `${alone} // and nothing else in the file`,
  'fails-on-data': () => 'mend the rows first, in a file of its own, or add the constraint NOT VALID',
  'file-fails': () => 'mend the file',
  'may-fail-on-data': ({ table }) =>
    `ask the environment's rows before: plumb psql ENV -c "select count(*) from ${table || 'TABLE'} where …"`,
  'invalid-index-left': () => `${alone}\nawait knex.raw('drop index concurrently if exists NAME');\nand build it again`,
  'not-validated-yet': ({ table, column }) =>
    `a file later: await knex.raw('alter table ${table || '…'} validate constraint ${column || '…'}');`,
  'invalid-index-hidden': ({ column }) =>
    `before it: await knex.raw('drop index concurrently if exists ${column || 'NAME'}'); and leave out IF NOT EXISTS`,
  'not-rerunnable': () => 'one statement a file, or IF EXISTS and IF NOT EXISTS',
};

/** Every id that a finding may have. */
export const findingIds: readonly string[] = Object.keys(ways);
