import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import knex, { type Knex } from 'knex';
import pg from 'pg';
import { loadGrammar } from './sql-statements.ts';
import { type Connection, sqlErrorOf, type Tracing, tracedConnection } from './trace-connection.ts';
import { locksOfQuery, type Snapshot, snapshotQuery } from './trace-snapshot.ts';
import { type TracedFile, type TracedStatement, type TraceOrder, traceOrder } from './trace-words.ts';

// The tracer's process: an app's migrations are loaded here, run in the shadow, and end with it.
Error.stackTraceLimit = 60;
await loadGrammar();
for await (const line of createInterface({ input: process.stdin })) {
  const order = traceOrder.parse(JSON.parse(line));
  process.stdout.write(`${order.mark}${JSON.stringify(await traceFile(order))}\n`);
}
process.exit(0);

interface Exported extends Partial<Knex.Migration> {
  readonly config?: { readonly transaction?: boolean };
  readonly phase?: unknown;
  readonly accepts?: unknown;
  readonly backfill?: {
    readonly table: string;
    readonly set: Readonly<Record<string, string>>;
    readonly where?: string;
  };
}

async function traceFile(order: TraceOrder): Promise<TracedFile> {
  const started = performance.now();
  const statements: TracedStatement[] = [];
  const traced: TracedFile = {
    file: order.file,
    inTransaction: true,
    phase: null,
    accepts: {},
    isDeclaredBackfill: false,
    statements,
    error: null,
    leftovers: { invalidIndexes: [], notValid: [] },
    ms: 0,
  };
  const watcher = new pg.Client({ connectionString: order.databaseUrl });
  watcher.on('error', () => undefined);
  try {
    const file = await load(order);
    Object.assign(traced, declared(file));
    await watcher.connect();
    const unvalidated = await leftoversOf(watcher);
    const tracing = await tracingOf(order, watcher, (statement) => statements.push(statement));
    await apply(order, file, tracing).catch((error: unknown) => {
      traced.error = sqlErrorOf(error);
    });
    traced.leftovers = without(await leftoversOf(watcher), unvalidated);
  } catch (error) {
    traced.error = sqlErrorOf(error);
  } finally {
    await watcher.end();
  }
  return { ...traced, ms: performance.now() - started };
}

/** `import` reads both kinds of modules; one of the older kind may lie under `default`. */
async function load({ folder, file }: TraceOrder): Promise<Exported> {
  const loaded = await import(pathToFileURL(path.join(folder, file)).href);
  const exported: Exported = typeof loaded.up === 'function' || loaded.backfill ? loaded : (loaded.default ?? {});
  if (typeof exported.up !== 'function' && !exported.backfill) throw new Error(`${file} exports no function "up"`);
  return exported;
}

function declared({ config, phase, accepts, backfill, up }: Exported): Partial<TracedFile> {
  const reasons = Object.entries(typeof accepts === 'object' && accepts !== null ? accepts : {});
  return {
    inTransaction: config?.transaction !== false && up !== undefined,
    phase: typeof phase === 'string' ? phase : null,
    accepts: Object.fromEntries(reasons.map(([id, reason]) => [id, typeof reason === 'string' ? reason : ''])),
    isDeclaredBackfill: backfill !== undefined && up === undefined,
  };
}

async function tracingOf(
  { existing }: TraceOrder,
  watcher: pg.Client,
  record: (statement: TracedStatement) => void,
): Promise<Tracing> {
  const { rows } = await watcher.query<{ snapshot: Snapshot }>(snapshotQuery);
  const known = Object.keys(rows[0]?.snapshot.relations ?? {}).map(Number);
  const counts = await watcher.query<{ oid: number; rows: number }>(
    "select c.oid::int8::float8 as oid, (xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || c.oid::regclass, false, true, '')))[1]::text::float8 as rows from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'm') and c.relispopulated and n.nspname not in ('pg_catalog', 'information_schema')",
  );
  return {
    existing: new Set(existing ?? known),
    rows: new Map(counts.rows.map(({ oid, rows: count }) => [oid, count])),
    record,
    watch: async (pid, running) => {
      const seen: (readonly [number, string])[] = [];
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      running.then(over, over);
      while (!isOver) {
        const { rows: locks } = await watcher.query<{ oid: string; mode: string }>(locksOfQuery, [pid]);
        seen.push(...locks.map(({ oid, mode }) => [Number(oid), mode] as const));
      }
      return seen;
    },
  };
}

/** Through real knex, as the runner does: `up` with the file's name, in the transaction that knex opens or in none. */
async function apply({ databaseUrl, file }: TraceOrder, exported: Exported, tracing: Tracing): Promise<void> {
  let isActive = false;
  const up = exported.up ?? ((database: Knex) => database.raw(fillingOf(exported)));
  const migration: Knex.Migration = {
    up: async (database) => {
      isActive = true;
      try {
        await up(database);
      } finally {
        isActive = false;
      }
    },
    down: async () => undefined,
    ...(exported.config ? { config: exported.config } : {}),
  };
  const database = knex({
    client: tracingClient(file, tracing, () => isActive),
    connection: {
      connectionString: databaseUrl,
      options:
        '-c lock_timeout=5000 -c statement_timeout=30000 -c enable_seqscan=off -c application_name=plumbline-shadow',
    },
    pool: { min: 0, max: 2 },
    acquireConnectionTimeout: 10_000,
    asyncStackTraces: true,
    migrations: {
      migrationSource: {
        getMigrations: async () => [file],
        getMigrationName: (name: string) => name,
        getMigration: async () => migration,
      },
      // Of those applied before, only the names are known here.
      disableMigrationsListValidation: true,
    },
  });
  try {
    await database.migrate.up({ name: file });
  } finally {
    await database.destroy();
  }
}

function fillingOf({ backfill }: Exported): string {
  if (!backfill) throw new Error('neither "up" nor "backfill"');
  const columns = Object.entries(backfill.set);
  const set = columns.map(([column, value]) => `${column} = coalesce(${column}, ${value})`).join(', ');
  const unfilled = columns.map(([column]) => `${column} is null`).join(' or ');
  return `update ${backfill.table} set ${set} where (${unfilled})${backfill.where ? ` and (${backfill.where})` : ''}`;
}

interface Sent {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  calledAt?: string;
  response?: unknown;
}

interface Builder {
  readonly _asyncStack?: { readonly error: Error };
}

/** What is overridden of knex's own client for PostgreSQL, which has no types. */
type PgClient = new (
  ...args: unknown[]
) => {
  runner(builder: Builder): { query(sent: Sent | string): Promise<unknown> };
  _query(connection: Connection, sent: Sent): Promise<Sent>;
};

/** knex's client, whose statements are traced while a file is applied, each with the call that it comes from. */
function tracingClient(file: string, tracing: Tracing, isActive: () => boolean): typeof Knex.Client {
  // Through `require`: knex is of the older kind, and only its main file has types.
  const Base: PgClient = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js');
  const traced = new WeakMap<Connection, ReturnType<typeof tracedConnection>>();
  class TracingClient extends Base {
    override runner(builder: Builder) {
      const runner = super.runner(builder);
      const calledAt = builder._asyncStack?.error.stack;
      if (calledAt === undefined) return runner;
      const query = runner.query.bind(runner);
      runner.query = (sent) =>
        query(typeof sent === 'string' ? { sql: sent, calledAt } : Object.assign(sent, { calledAt }));
      return runner;
    }

    override async _query(connection: Connection, sent: Sent): Promise<Sent> {
      const run = traced.get(connection) ?? tracedConnection(connection, tracing);
      traced.set(connection, run);
      if (!isActive()) return super._query(connection, sent);
      sent.response = await run(sent.sql, sent.bindings ?? [], lineIn(file, sent.calledAt ?? new Error().stack));
      return sent;
    }
  }
  return TracingClient as unknown as typeof Knex.Client; // a subclass of it, though knex does not say so
}

/** The line of the migration file in a stack; of a compiled file, the line of its source. */
function lineIn(file: string, stack: string | undefined): number | null {
  const stem = file.replace(/\.[^.]+$/, '').replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`[/\\\\]${stem}\\.[cm]?[jt]s(?:\\?[^:]*)?:(\\d+):\\d+`).exec(stack ?? '');
  return found?.[1] === undefined ? null : Number(found[1]);
}

async function leftoversOf(client: pg.Client): Promise<TracedFile['leftovers']> {
  const { rows } = await client.query<{ kind: 'index' | 'constraint'; name: string }>(`
    select 'index' as kind, i.indexrelid::regclass::text as name from pg_index i where not i.indisvalid and i.indrelid > 16383
    union all
    select 'constraint', k.conrelid::regclass || '.' || k.conname from pg_constraint k where not k.convalidated`);
  const of = (kind: string) => rows.flatMap((row) => (row.kind === kind ? [row.name] : []));
  return { invalidIndexes: of('index'), notValid: of('constraint') };
}

function without(now: TracedFile['leftovers'], before: TracedFile['leftovers']): TracedFile['leftovers'] {
  return {
    invalidIndexes: now.invalidIndexes.filter((name) => !before.invalidIndexes.includes(name)),
    notValid: now.notValid.filter((name) => !before.notValid.includes(name)),
  };
}
