import { isAlone, kindOf, type SqlStatement, statementsOf } from './sql-statements.ts';
import { type Difference, differenceOf, type Snapshot, snapshotQuery } from './trace-snapshot.ts';
import type { SqlError, TracedStatement } from './trace-words.ts';

/** What is used of a connection of pg's. */
export interface Connection {
  query(text: string | { text: string; values: unknown[] }): Promise<{ rows: Record<string, unknown>[] }>;
  readonly processID?: number;
  readonly connection: { on(event: 'readyForQuery', listener: (message: { status: string }) => void): void };
}

export interface Tracing {
  readonly existing: ReadonlySet<number>;
  /** Rows of each table before the file, by oid. */
  readonly rows: ReadonlyMap<number, number>;
  /** The locks that another session is seen to have while a statement of its runs. */
  watch(pid: number | undefined, running: Promise<unknown>): Promise<readonly (readonly [number, string])[]>;
  record(statement: TracedStatement): void;
}

/** Executes what a migration sends, statement by statement, and records what each did. */
export const tracedConnection = (connection: Connection, tracing: Tracing) => {
  let status = 'I';
  connection.connection.on('readyForQuery', (message) => {
    status = message.status;
  });
  let last: Snapshot | null = null;
  const snapshot = async (): Promise<Snapshot> => (await connection.query(snapshotQuery)).rows[0]?.snapshot as Snapshot; // as the query builds it

  /** Executes one statement between two snapshots, and records it whether or not it fails. */
  const between = async (said: Said, alone: boolean): Promise<unknown> => {
    const before = last ?? (await snapshot());
    const started = performance.now();
    const write = (difference: Difference, error: SqlError | null) => {
      const { sql, line, inTransaction } = said;
      tracing.record({ sql, line, inTransaction, ms: performance.now() - started, error, ...copyOf(difference) });
    };
    try {
      const running = send(connection, said.sql, said.values);
      const watched = alone ? tracing.watch(connection.processID, running) : [];
      const answer = await running;
      last = await snapshot();
      const seen = { ...last, locks: [...last.locks, ...(await watched)] };
      write(differenceOf(before, seen, tracing.existing, tracing.rows), null);
      return answer;
    } catch (error) {
      write(nothing, sqlErrorOf(error));
      throw error;
    }
  };

  const traced = async ({ sql, node }: SqlStatement, said: Omit<Said, 'sql'>): Promise<unknown> => {
    if (status !== 'T') last = null;
    if (kindOf(node)[0] === 'TransactionStmt' || status === 'E') return send(connection, sql, said.values);
    const alone = status === 'I' && isAlone(node);
    // Counters and locks are those of a transaction: a statement by itself is given one.
    return within(connection, status === 'I' && !alone, () => between({ ...said, sql }, alone));
  };

  return async (text: string, values: readonly unknown[], line: number | null): Promise<unknown> => {
    const statements = statementsOf(text);
    const inTransaction = status !== 'I';
    if (statements === null || statements.length <= 1)
      return traced(statements?.[0] ?? { sql: text, node: {} }, { values, line, inTransaction });
    // One message of several statements is one transaction, unless it opens its own.
    const opens = !inTransaction && !statements.some(({ node }) => isAlone(node));
    return within(connection, opens, async () => {
      const answers: unknown[] = [];
      for (const statement of statements)
        answers.push(await traced(statement, { values: [], line, inTransaction: opens || inTransaction }));
      return answers;
    });
  };
};

interface Said {
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly line: number | null;
  readonly inTransaction: boolean;
}

const within = async <T>(connection: Connection, opens: boolean, work: () => Promise<T>): Promise<T> => {
  if (!opens) return work();
  await connection.query('begin');
  try {
    const result = await work();
    await connection.query('commit');
    return result;
  } catch (error) {
    await connection.query('rollback');
    throw error;
  }
};

const send = (connection: Connection, text: string, values: readonly unknown[]): Promise<unknown> =>
  values.length === 0 ? connection.query(text) : connection.query({ text, values: [...values] });

const nothing: Difference = { locks: [], rewritten: [], scanned: [], written: [], indexes: [] };

const copyOf = ({ locks, rewritten, scanned, written, indexes }: Difference) => ({
  locks: unique(locks),
  rewritten: [...rewritten],
  scanned: [...scanned],
  written: [...written],
  indexes: [...indexes],
});

const unique = <T>(list: readonly T[]): T[] => [
  ...new Map(list.map((one) => [JSON.stringify(one), one] as const)).values(),
];

/** What PostgreSQL, or whoever else, complained of. */
export const sqlErrorOf = (error: unknown): SqlError => {
  const text = (name: string): string | null => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : null;
    return typeof value === 'string' ? value : null;
  };
  const code = text('code');
  return {
    sqlState: code !== null && /^[0-9A-Z]{5}$/.test(code) ? code : null,
    message: (error instanceof Error ? error.message : String(error)).slice(0, 2_000),
    detail: text('detail'),
    constraint: text('constraint'),
  };
};
