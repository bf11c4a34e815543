import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pendingOf } from './pending.ts';
import { schemaState } from './schema-state.ts';
import { type OwnFiles, openOwnFiles, statements } from './testing/own-files.ts';

let own: OwnFiles;
beforeAll(async () => {
  own = await openOwnFiles();
});
afterAll(() => own.close());
beforeEach(async () => {
  await own.anew();
  await own.asking('create table ledger (what text)');
});

const ledger = async () => (await own.asking<{ what: string }>('select what from ledger')).map(({ what }) => what);
const tells = (what: string) => `insert into ledger values ('${what}')`;

describe('a file without a transaction that failed half way', () => {
  test('goes on from there once it is mended', async () => {
    const failing = { '1.js': statements('alone', tells('a'), tells('b'), 'select 1/0', tells('c')) };
    await expect(own.run(failing)).rejects.toThrow('division by zero');
    const said = await own.run({ '1.js': statements('alone', tells('a'), tells('b'), 'select 1', tells('c')) });
    expect(said).toEqual([
      '1.js was half applied by an earlier runner, which came to statement 3: it goes on from there',
    ]);
    expect(await ledger()).toEqual(['a', 'b', 'c']);
  });

  test('stops with a report when what has run is not what it says by now', async () => {
    await expect(own.run({ '1.js': statements('alone', tells('a'), 'select 1/0') })).rejects.toThrow();
    await expect(own.run({ '1.js': statements('alone', tells('z')) })).rejects.toThrow(
      'half applied: an earlier runner has run another statement as its 1., which is now "insert into ledger values ( …"',
    );
    expect(await ledger()).toEqual(['a']);
  });

  test('stops where only the lost answer tells how it went on, unless it says that it may begin anew', async () => {
    const returning = (more: string) =>
      `exports.config = { transaction: false${more} };\nexports.up = async (knex) => {
        const { rows } = await knex.raw("insert into ledger values ('a') returning what");
        await knex.raw(rows[0].what === 'a' && global.isMended ? 'select 1' : 'select 1/0');
      };`;
    await expect(own.run({ '1.js': returning('') })).rejects.toThrow('division by zero');
    await expect(own.run({ '1.js': returning('') })).rejects.toThrow(
      'has run and answered rows, which nobody has any more',
    );
    await expect(own.run({ '1.js': returning(', idempotent: true') })).rejects.toThrow('division by zero');
    expect(await ledger()).toEqual(['a', 'a']);
  });

  test('stops when a statement was cut off of which nothing tells whether it ended', async () => {
    await own.asking("create procedure tidy() language sql as $$ insert into ledger values ('tidied') $$");
    const file = { '1.js': statements('alone', 'call tidy()', 'select 1/0') };
    await expect(own.run(file)).rejects.toThrow('division by zero');
    await own.asking("update plumbline_journal.migration_statements set state = 'begun'");
    await expect(own.run(file)).rejects.toThrow(
      /half applied: a runner was killed during statement 1 \("call tidy\(\)"\), and nothing tells whether it had ended/,
    );
    expect(await ledger()).toEqual(['tidied']);
  });

  test('may have a transaction of its own, of which all or nothing has run', async () => {
    const file = (last: string) => ({
      '1.js': `exports.config = { transaction: false };\nexports.up = async (knex) => {
        await knex.transaction(async (trx) => { await trx('ledger').insert({ what: 'a' }); await trx('ledger').insert({ what: 'b' }); });
        await knex.raw('${last}');
      };`,
    });
    await expect(own.run(file('select 1/0'))).rejects.toThrow('division by zero');
    await own.run(file('select 1'));
    expect(await ledger()).toEqual(['a', 'b']);
  });
});

describe('an index that is built concurrently', () => {
  const unique = 'create unique index concurrently if not exists ledger_what on ledger (what)';

  test('leaves no invalid one behind when its building fails', async () => {
    await own.asking(`${tells('a')}; ${tells('a')}`);
    await expect(own.run({ '1.js': statements('alone', unique) })).rejects.toThrow('could not create unique index');
    expect(await own.asking("select 1 from pg_index where indrelid = 'ledger'::regclass")).toEqual([]);
  });

  test('is built anew where somebody left it invalid, which IF NOT EXISTS would take for done', async () => {
    await own.asking(`${tells('a')}; ${tells('a')}`);
    await expect(own.asking(unique)).rejects.toThrow('could not create unique index');
    expect((await schemaState(own.url())).notes).toEqual([
      'the index ledger_what on ledger is invalid: it is kept up and never used',
    ]);
    await own.asking('delete from ledger');
    expect(await own.run({ '1.js': statements('alone', unique) })).toEqual([
      '1.js: the index ledger_what was left invalid by a build that was cut off; it is dropped and built anew',
    ]);
    expect(await own.asking("select indisvalid from pg_index where indrelid = 'ledger'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });

  test('waits for older transactions longer than others may wait for it', async () => {
    const { default: pg } = await import('pg');
    const older = new pg.Client({ connectionString: own.url() });
    await older.connect();
    await older.query("begin; insert into ledger values ('old')");
    const running = own.run({ '1.js': statements('alone', unique) }, { lockTimeoutMs: 100 });
    await own.asking('select pg_sleep(0.5)');
    await older.query('commit');
    await older.end();
    expect(await running).toEqual([]);
  });
});

test('a constraint that is not validated is told until it is', async () => {
  await own.asking('alter table ledger add constraint told check (what is not null) not valid');
  expect((await schemaState(own.url())).notes).toEqual([
    'the constraint told on ledger is not validated: it holds for new rows alone',
  ]);
});

test('what was applied and not recorded is recorded, and not applied again', async () => {
  const file = { '1.js': statements('alone', tells('a')) };
  await own.run(file);
  await own.asking("delete from knex_migrations; update plumbline_journal.migration_journal set state = 'ran'");
  expect(await own.run(file)).toEqual(['1.js was applied by an earlier runner and not recorded: it is recorded now']);
  expect(await ledger()).toEqual(['a']);
  expect(await own.asking('select name from knex_migrations')).toEqual([{ name: '1.js' }]);
});

test('what knex alone had applied before is taken over as it is, and may not be edited from then on', async () => {
  await own.run({ '1.js': statements('in-transaction', tells('a')) });
  await own.asking('drop schema plumbline_journal cascade');
  await own.run({ '1.js': statements('in-transaction', tells('b')), '2.js': statements('in-transaction', tells('c')) });
  expect(await ledger()).toEqual(['a', 'c']);
  const edited = { '1.js': '// again', '2.js': statements('in-transaction', tells('c')) };
  await expect(own.run(edited)).rejects.toThrow('1.js is not what was applied: edited since');
  const told = pendingOf(
    [{ name: '1.js', digest: 'after', phase: null }],
    [{ name: '1.js', digest: 'before', phase: null, at: 0 }],
  );
  const [, sql = ''] = /only the compiler wrote it otherwise: (.*)$/.exec('hint' in told ? told.hint : '') ?? [];
  await own.asking(sql);
  await own.run(edited);
  expect(await ledger()).toEqual(['a', 'c']);
});

describe('a backfill', () => {
  const file = (set: string) => ({
    '1.js': `exports.phase = 'backfill';\nexports.backfill = { table: 'people', key: 'id', set: { locale: ${JSON.stringify(set)} }, batch: 7 };`,
  });
  beforeEach(() =>
    own.asking('create table people as select n as id, null::text as locale from generate_series(1, 50) n'),
  );

  test('fills what is empty and leaves what somebody wrote', async () => {
    await own.asking("update people set locale = 'de' where id = 30");
    expect(await own.run(file("'p' || id"))).toEqual(['1.js: 49 of 49 rows']);
    expect(await own.asking("select count(*)::int as n from people where locale = 'p' || id")).toEqual([{ n: 49 }]);
    expect(await own.asking('select locale from people where id = 30')).toEqual([{ locale: 'de' }]);
  });

  test('tells what is left when it cannot fill a row', async () => {
    expect(await own.run(file('nullif(id, 3)::text'))).toContain(
      '1.js: 1 rows came in unfilled meanwhile: whoever writes them does not know of the column',
    );
  });

  test('fills before a contract what a release that did not know of the column has left empty since', async () => {
    const files = {
      ...file("'en'"),
      '2.js': `exports.phase = 'contract';\n${statements('in-transaction', 'alter table people alter column locale set not null')}`,
    };
    await own.run(files, { names: ['1.js'] });
    await own.asking('insert into people values (51, null)');
    expect(await own.run(files, { names: ['2.js'] })).toEqual(['1.js: 1 of 1 rows']);
    expect(await own.asking('select locale from people where id = 51')).toEqual([{ locale: 'en' }]);
  });

  test('that is written wrongly is refused by name and field', async () => {
    const wrong = {
      '1.js': "exports.phase = 'backfill';\nexports.backfill = { table: 'people', key: 'id', sets: {} };",
    };
    await expect(own.run(wrong)).rejects.toThrow(/^1\.js: backfill/);
  });
});

describe('undoing', () => {
  test.each(['in-transaction', 'alone'] as const)(
    'a file %s takes its record and its journal with it',
    async (kind) => {
      const file = {
        '1.js': `${statements(kind, 'create table a (n int)')}exports.down = (knex) => knex.raw('drop table a');`,
      };
      await own.run(file);
      await own.run(file, { direction: 'down' });
      expect(
        await own.asking("select to_regclass('a') as a, (select count(*)::int from knex_migrations) as recorded"),
      ).toEqual([{ a: null, recorded: 0 }]);
      expect(await own.asking('select file from plumbline_journal.migration_journal')).toEqual([]);
      await own.run(file);
      expect(await own.asking("select to_regclass('a')::text as a")).toEqual([{ a: 'a' }]);
    },
  );

  test('a file without a way down says what to do', async () => {
    const file = { '1.js': statements('in-transaction', 'create table a (n int)') };
    await own.run(file);
    await expect(own.run(file, { direction: 'down' })).rejects.toThrow(
      '1.js has no way down: write a migration that undoes it',
    );
  });
});

test('a phase that its text does not tell is refused', async () => {
  const file = { '1.js': "exports['phase'] = 'contract';\nexports.up = async () => {};" };
  await expect(own.run(file)).rejects.toThrow(
    "1.js has the phase contract, and its text declares none: write it as export const phase = 'contract'",
  );
});

describe('a declared phase', () => {
  const declares = (phase: string, sql: string) => `exports.phase = '${phase}';\n${statements('in-transaction', sql)}`;

  test.each([
    [
      'expand',
      'drop table ledger',
      '1.js declares expand and drops the table ledger, which a release that runs may need',
    ],
    [
      'backfill',
      'create index i on ledger (what)',
      '1.js declares backfill and changes the schema by "create index i on ledger (what)"',
    ],
  ])('is kept to: %s does not "%s"', async (phase, sql, because) => {
    await expect(own.run({ '1.js': declares(phase, sql) })).rejects.toThrow(because);
    expect(await own.asking("select to_regclass('ledger')::text as there, to_regclass('i') as i")).toEqual([
      { there: 'ledger', i: null },
    ]);
  });

  test('lets a contract take away, and rows be filled', async () => {
    await own.run({ '1.js': declares('backfill', tells('a')), '2.js': declares('contract', 'drop table ledger') });
    expect(await own.asking("select to_regclass('ledger') as there")).toEqual([{ there: null }]);
  });
});
