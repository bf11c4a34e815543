import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { appName, digest, environmentName, releaseId, serviceName, storeName } from '@plumbline/contract/names';
import type { Release } from '@plumbline/contract/release';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadDescription } from '../environments/read.ts';
import { type Settings, settingsOf } from '../environments/settings.ts';
import { sha256 } from '../kernel/canonical-json.ts';
import { waitFor } from '../kernel/wait.ts';
import { appYaml, described, environments } from '../testing/descriptions.ts';
import { startPostgres, type TestPostgres } from '../testing/postgres.ts';
import { declaredPhase } from './declared-phase.ts';
import { localMigrations } from './local.ts';
import { type MigrateOrder, migrate } from './migrate.ts';
import { pendingOf } from './pending.ts';
import { schemaState } from './schema-state.ts';

const run = promisify(execFile);

let postgres: TestPostgres;
let url: string;
let folder: string;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  url = await postgres.createDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'plumb-migrate-'));
});
afterEach(() => rm(folder, { recursive: true }));

const asking = async <T extends pg.QueryResultRow>(sql: string): Promise<readonly T[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
};
const names = async (sql: string) => (await asking<{ name: string }>(sql)).map(({ name }) => name);
const tables = () =>
  names(
    "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'knex%' order by 1",
  );
const recorded = () => names('select name from knex_migrations order by id');

const nothing = digest.parse(`sha256:${'0'.repeat(64)}`);
const files = async (written: Readonly<Record<string, string>>): Promise<MigrateOrder> => {
  const inside = path.join(folder, 'migrations');
  await mkdir(inside, { recursive: true });
  for (const [name, text] of Object.entries(written)) await writeFile(path.join(inside, name), text);
  return {
    folder,
    databaseUrl: url,
    migrations: {
      service: serviceName.parse('backend'),
      kind: 'knex',
      directory: 'migrations',
      digest: nothing,
      files: Object.keys(written)
        .sort()
        .map((name) => ({
          name,
          digest: digestOf(written[name] ?? ''),
          phase: declaredPhase(name, written[name] ?? ''),
        })),
      store: storeName.parse('database'),
    },
    names: Object.keys(written).sort(),
  };
};

const digestOf = (text: string) => digest.parse(`sha256:${sha256(text)}`);

/** What a release would have to apply. */
const pending = async ({ databaseUrl, migrations }: MigrateOrder) => {
  const found = pendingOf(migrations.files, (await schemaState(databaseUrl)).applied);
  return found.kind === 'pending' ? found.now : found.because;
};

const create = (table: string) =>
  `exports.up = (knex) => knex.schema.createTable('${table}', (t) => t.increments());\n`;
const raw = (sql: string, more = '') => `exports.up = (knex) => knex.raw(\`${sql}\`);\n${more}`;
const noTransaction = 'exports.config = { transaction: false };\n';

test('what is pending is applied in order and recorded as knex records it, once', async () => {
  const order = await files({ '2_b.js': create('b'), '1_a.js': create('a') });
  expect(await pending(order)).toEqual(['1_a.js', '2_b.js']);
  const said: string[] = [];
  expect(await migrate({ ...order, onProgress: (text) => said.push(text) })).toEqual(['1_a.js', '2_b.js']);
  expect(said.map((text) => text.replace(/ in [\d.]+ s$/, ''))).toEqual([
    'applying 1_a.js',
    'applied 1_a.js',
    'applying 2_b.js',
    'applied 2_b.js',
  ]);
  expect([await tables(), await recorded()]).toEqual([
    ['a', 'b'],
    ['1_a.js', '2_b.js'],
  ]);
  expect(await pending(order)).toEqual([]);
  expect(await migrate(order)).toEqual([]);
});

test('a file of either kind of module is loaded, with packages of its own', async () => {
  const own = path.join(folder, 'node_modules', 'own');
  await mkdir(own, { recursive: true });
  await writeFile(path.join(own, 'package.json'), '{"name":"own","type":"module","exports":"./index.js"}');
  await writeFile(path.join(own, 'index.js'), "export const table = 'from_own';");
  const order = await files({
    '1.mjs':
      "import { table } from 'own';\nexport const up = (knex) => knex.schema.createTable(table, (t) => t.increments());\n",
    '2.cjs': create('from_cjs'),
  });
  expect(await migrate(order)).toEqual(['1.mjs', '2.cjs']);
  expect(await tables()).toEqual(['from_cjs', 'from_own']);
});

test('a file that fails leaves nothing of itself, what was before it stays, and it says where and why', async () => {
  const order = await files({
    '1.js': create('a'),
    '2.js': raw('create table b (n int); insert into b values (1/0)'),
    '3.js': create('c'),
  });
  await expect(migrate(order)).rejects.toMatchObject({
    code: 'migration-failed',
    message: '2.js: division by zero (SQLSTATE 22012)\nin: create table b (n int); insert into b values (1/0)',
  });
  expect([await tables(), await recorded(), await pending(order)]).toEqual([['a'], ['1.js'], ['2.js', '3.js']]);
});

test('a file that is not even loaded, or throws by itself, is named', async () => {
  await expect(
    migrate(await files({ '1.js': 'exports.up = () => { throw new Error("not today"); };' })),
  ).rejects.toMatchObject({ message: '1.js: not today' });
  await expect(migrate(await files({ '1.js': 'exports.nothing = 1;' }))).rejects.toMatchObject({
    message: '1.js: 1.js exports no function "up"',
  });
  await expect(migrate(await files({ '1.js': 'process.exit(3);' }))).rejects.toMatchObject({
    message: expect.stringMatching(/^the migration runner ended without a word during 1.js/),
  });
});

test("what a file prints is passed on, and is not taken for the runner's own words", async () => {
  const order = await files({
    '1.js': `console.log(JSON.stringify({ kind: 'applied', file: 'lie.js', ms: 1 }));\n${create('a')}`,
  });
  const said: string[] = [];
  expect(await migrate({ ...order, onProgress: (text) => said.push(text) })).toEqual(['1.js']);
  expect(said).toContain('{"kind":"applied","file":"lie.js","ms":1}');
});

test('two runners at once apply each file once', async () => {
  const order = await files({ '1.js': raw('select pg_sleep(0.3); create table a (n int)'), '2.js': create('b') });
  const [one, two] = await Promise.all([migrate(order), migrate(order)]);
  expect([...one, ...two].sort()).toEqual(['1.js', '2.js']);
  expect(await recorded()).toEqual(['1.js', '2.js']);
});

test('a table in use is waited for shortly, tried again, and then taken', async () => {
  const order = await files({ '1.js': create('a'), '2.js': raw('alter table a add column x int') });
  await migrate({ ...order, names: ['1.js'] });
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query('begin; select * from a');
  const said: string[] = [];
  const letGo = async (text: string) => {
    said.push(text);
    if (text.includes('tried again')) await holder.query('commit');
  };
  expect(await migrate({ ...order, lockTimeoutMs: 700, onProgress: (text) => void letGo(text) })).toEqual(['2.js']);
  expect(said).toContainEqual(
    expect.stringMatching(
      /^2.js found its tables in use \(55P03\), and is tried again in 0\.\d s, 2 of 12; \d+ holds it since \d\.\d s, idle in transaction: begin; select \* from a$/,
    ),
  );
  await holder.end();
});

/** Kills the runner with -9 as soon as the file's statement runs; the statement is a long one. */
const killedDuring = async (order: MigrateOrder, statement: string): Promise<void> => {
  const running = migrate(order).catch((error: unknown) => error);
  const begun = async () => {
    const found = await asking(`select 1 from pg_stat_activity where state = 'active' and query like '${statement}%'`);
    return found.length > 0 ? { done: true } : { because: 'the statement does not run yet' };
  };
  await waitFor('the statement', begun, { deadlineMs: 20_000, everyMs: 20 });
  const { stdout } = await run('ps', ['-eo', 'pid,ppid,args']);
  const mine = stdout
    .split('\n')
    .find((line) => line.includes('migrations/run.js') && line.trim().split(/\s+/)[1] === String(process.pid));
  process.kill(Number(mine?.trim().split(/\s+/)[0]), 'SIGKILL');
  expect(await running).toMatchObject({
    code: 'migration-failed',
    message: expect.stringMatching(/without a word during/),
  });
};

test('a runner that is killed leaves nothing of a file in a transaction, and the next one ends its statement and applies it', async () => {
  const slow = await files({
    '1.js': raw('select pg_sleep(600)')
      .replace('knex.raw', "knex.schema.createTable('a', (t) => t.increments()).then(() => knex.raw")
      .replace(/\);\n$/, '));\n'),
  });
  await killedDuring(slow, 'select pg_sleep');
  expect(await migrate(await files({ '1.js': create('a') }))).toEqual(['1.js']);
  expect(await tables()).toEqual(['a']);
  expect(
    await asking("select 1 from pg_stat_activity where query like 'select pg_sleep(600)%' and state = 'active'"),
  ).toEqual([]);
});

test('a runner that is killed in a file without a transaction leaves its lock, which the next one frees', async () => {
  await killedDuring(await files({ '1.js': raw('select pg_sleep(600)', noTransaction) }), 'select pg_sleep');
  expect(await asking('select is_locked from knex_migrations_lock')).toEqual([{ is_locked: 1 }]);
  const order = await files({
    '1.js': raw('create index concurrently if not exists i on pg_temp_stand_in (n)', noTransaction),
  });
  await asking('create table pg_temp_stand_in (n int)');
  expect(await migrate(order)).toEqual(['1.js']);
  expect(
    await asking(
      "select is_locked, obj_description('knex_migrations_lock'::regclass) as mark from knex_migrations_lock",
    ),
  ).toEqual([{ is_locked: 0, mark: null }]);
});

test("another program's lock is not taken from it", async () => {
  await migrate(await files({ '0.js': create('z') }));
  await asking('update knex_migrations_lock set is_locked = 1');
  await expect(migrate(await files({ '0.js': create('z'), '1.js': create('a') }))).rejects.toMatchObject({
    code: 'migration-failed',
    message: expect.stringMatching(/already locked/),
  });
  expect(await asking('select is_locked from knex_migrations_lock')).toEqual([{ is_locked: 1 }]);
});

test('it stops when it is told to, and when it takes too long', async () => {
  const order = await files({ '1.js': raw('select pg_sleep(600)') });
  const stopping = new AbortController();
  const said = (text: string) => void (text.startsWith('applying') && stopping.abort());
  await expect(migrate({ ...order, signal: stopping.signal, onProgress: said })).rejects.toMatchObject({
    code: 'interrupted',
    message: 'migrating was interrupted during 1.js',
  });
  await expect(migrate({ ...order, timeoutMs: 3_000 })).rejects.toMatchObject({
    code: 'migration-failed',
    message: expect.stringMatching(/^migrating took longer than 3 s/),
  });
  await expect(migrate({ ...order, statementTimeoutMs: 200 })).rejects.toMatchObject({
    message: expect.stringMatching(/SQLSTATE 57014/),
  });
});

test('a database that is away is told as that', async () => {
  const order = { ...(await files({ '1.js': create('a') })), databaseUrl: 'postgres://postgres@127.0.0.1:1/x' };
  await expect(pending(order)).rejects.toMatchObject({ code: 'database-unreachable' });
});

test('a command and seed data get the address and the variables of their service, and a failure says what they printed', async () => {
  const home = path.join(folder, 'home');
  await mkdir(path.join(home, 'secrets'), { recursive: true });
  await writeFile(path.join(home, 'secrets', 'development.json'), '{"key":"k-1"}', { mode: 0o600 });
  const script =
    "require('node:fs').writeFileSync(process.argv[1], JSON.stringify([process.env.DATABASE_URL, process.env.LEVEL, process.env.KEY ?? null, process.env.OTHER ?? null, process.env.APP_ENV ?? null]))";
  const printed = path.join(folder, 'printed.json');
  const release = releaseWith([process.execPath, '-e', script, printed]);
  const database = storeName.parse('database');
  const stores = { [database]: { url, because: null } };
  const { run: runMigrations, seed, schema } = localMigrations(home);
  const { readFile } = await import('node:fs/promises');
  const signal = new AbortController().signal;
  expect(await schema(release, stores, signal)).toEqual({ applied: [], notes: [] });
  const development = await settingsOfDevelopment(60_000);
  const order = { release, folder, direction: 'up' as const, names: [] };
  const tell = async () => undefined;
  for (const run of [
    () => runMigrations({ ...order, stores, settings: development }, tell, signal),
    () => seed(release, folder, stores, development, signal),
  ]) {
    await run();
    expect(JSON.parse(await readFile(printed, 'utf8'))).toEqual([url, 'info', 'k-1', null, 'development']);
    await rm(printed);
  }
  const broken = releaseWith([process.execPath, '-e', "console.error('no rights'); process.exit(4)"]);
  await expect(seed(broken, folder, stores, development, signal)).rejects.toMatchObject({
    code: 'migration-failed',
    message: expect.stringMatching(/^seeding: .*exit 4 after [\d.]+ s:\nno rights$/),
  });
  await expect(runMigrations({ ...order, stores: {}, settings: development }, tell, signal)).rejects.toMatchObject({
    code: 'database-unreachable',
  });
});

test("a command that takes longer than the environment's time-out is stopped", async () => {
  const { run: runMigrations } = localMigrations(path.join(folder, 'home'));
  const release = releaseWith([process.execPath, '-e', 'setInterval(() => undefined, 1000)']);
  const stores = { [storeName.parse('database')]: { url, because: null } };
  const hurried = await settingsOfDevelopment(200);
  const { signal } = new AbortController();
  const order = { release, folder, stores, settings: hurried, direction: 'up' as const, names: [] };
  await expect(runMigrations(order, async () => undefined, signal)).rejects.toMatchObject({
    code: 'migration-failed',
  });
});

const settingsOfDevelopment = async (migrationsMs: number): Promise<Settings> => {
  const read = await loadDescription(described({ 'plumbline.yaml': appYaml, ...environments }));
  const settings = settingsOf(read, environmentName.parse('development'), 'local');
  return { ...settings, timeouts: { ...settings.timeouts, migrationsMs } };
};

const releaseWith = (command: string[]): Release => {
  const service = serviceName.parse('backend');
  const store = storeName.parse('database');
  return {
    id: releaseId.parse('r-0123456789ab'),
    content: {
      app: appName.parse('a'),
      services: [
        {
          name: service,
          alias: null,
          artefact: nothing,
          start: ['x'],
          route: null,
          health: '/',
          liveness: null,
          assets: null,
          version: null,
          variables: {
            DATABASE_URL: { from: 'store', store },
            LEVEL: { from: 'value', value: 'info' },
            KEY: { from: 'secret', secret: 'key' },
            OTHER: { from: 'secret', secret: 'other', generateBytes: 16 },
          },
          startWithinMs: 1,
          drainWithinMs: 1,
        },
      ],
      stores: [{ name: store, kind: 'postgres', version: null, optional: false }],
      migrations: { service, kind: 'command', command, digest: nothing },
      seed: { service, command },
      smoke: [],
      stamp: null,
    },
    commit: null,
    branch: null,
    subject: null,
    marks: [],
    checks: [],
    builtAt: 0,
    builtBy: 'x',
    bytes: 0,
    verifiedIn: [],
    liveIn: [],
  };
};
