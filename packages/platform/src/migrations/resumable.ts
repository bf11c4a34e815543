import { sha256 } from '../kernel/canonical-json.ts';
import type { Asks } from './journal.ts';
import { dropInvalid, indexState } from './leftovers.ts';
import { firstWords } from './schema-state.ts';
import { concurrentIndex, statementKind } from './statement.ts';

/** What a statement answers, as much of it as a migration looks at. */
export interface Answer {
  readonly command?: string;
  readonly rowCount: number | null;
  readonly rows: readonly unknown[];
}

/** Runs the statement itself, on the connection that it was sent on. */
export interface Sending extends Asks {
  /** Which connection it is. */
  readonly connection: object;
  send(): Promise<Answer>;
}

export interface Resumable {
  /** Runs a statement unless it has run already. */
  run(sending: Sending, sql: string, values: readonly unknown[]): Promise<Answer>;
  /** How many were left out, since an earlier runner had run them. */
  skipped(): number;
}

/** A file that came half way, and nobody but a person can tell how it is to go on. */
export class HalfApplied extends Error {
  override readonly name = 'HalfApplied';
}

export interface ResumableOptions {
  readonly file: string;
  /** Of the runner's own, where it writes what must outlive the statement's connection. */
  readonly held: Asks;
  readonly tell: (text: string) => void;
  /** How long building an index may wait for transactions that are older; nobody waits behind it meanwhile. */
  readonly patienceMs: number;
  readonly lockTimeoutMs: number;
}

/**
 * Runs the statements of a file without a transaction so that each takes effect once, however often the file is begun. A
 * statement and the row that tells of it are one transaction. Those that cannot run in one are written down before and
 * after, and what is found between the two is looked up in the catalogue.
 */
export const resumable = (options: ResumableOptions): Resumable => {
  let n = 0;
  let skipped = 0;
  const open = new WeakSet<object>();
  return {
    skipped: () => skipped,
    run: async (sending, sql, values) => {
      const kind = statementKind(sql);
      if (kind === 'begins') open.add(sending.connection);
      if (kind === 'ends') open.delete(sending.connection);
      if (kind !== 'alone' && kind !== 'changes') return sending.send();
      const one = { ...options, n: ++n, sql, hash: sha256(JSON.stringify([sql, values])) };
      const known = await knownOf(one);
      if (known?.state === 'done' || (known && (await isDone(sending, one)))) {
        skipped += 1;
        return { rowCount: known.row_count, rows: [] };
      }
      if (kind === 'alone') return runAlone(sending, one);
      return open.has(sending.connection) ? withRow(sending, one) : inTransaction(sending, one);
    },
  };
};

interface Numbered extends ResumableOptions {
  readonly n: number;
  readonly sql: string;
  readonly hash: string;
}

interface Known {
  readonly hash: string;
  readonly state: 'begun' | 'done';
  readonly row_count: number | null;
  readonly answered: boolean;
}

const knownOf = async ({ held, file, n, sql, hash }: Numbered): Promise<Known | null> => {
  const { rows } = await held.query<Known>(
    'select hash, state, row_count, answered from plumbline_journal.migration_statements where file = $1 and n = $2',
    [file, n],
  );
  const known = rows[0];
  if (!known) return null;
  if (known.hash !== hash)
    throw new HalfApplied(
      `half applied: an earlier runner ${known.state === 'done' ? 'has run' : 'began'} another statement as its ${n}., which is now "${firstWords(sql)}". Give the file its old statements up to there again`,
    );
  if (known.answered)
    throw new HalfApplied(
      `half applied: statement ${n} ("${firstWords(sql)}") has run and answered rows, which nobody has any more. Where the file may be begun anew, say so in it: config = { transaction: false, idempotent: true }`,
    );
  return known;
};

/** Whether a statement that was begun has come to its end; what it left in the middle is cleared away. */
const isDone = async (sending: Sending, one: Numbered): Promise<boolean> => {
  const index = concurrentIndex(one.sql);
  if (index?.act === 'drop') return !(await isRelation(sending, index.name));
  if (index?.act === 'create' && index.name !== null)
    return (await indexState(sending, index.name, index.table))?.isValid ?? false;
  // Done once more, these change nothing.
  if (/^\s*(vacuum|reindex)\b/i.test(one.sql)) return false;
  throw new HalfApplied(
    `half applied: a runner was killed during statement ${one.n} ("${firstWords(one.sql)}"), and nothing tells whether it had ended. Look, and finish it by hand; then, if it is done: update plumbline_journal.migration_statements set state = 'done' where file = '${one.file}' and n = ${one.n}; if not, delete that row`,
  );
};

const isRelation = async (on: Asks, name: string): Promise<boolean> => {
  const { rows } = await on.query<{ found: boolean }>('select to_regclass($1) is not null as found', [name]);
  return rows[0]?.found ?? false;
};

const runAlone = async (sending: Sending, one: Numbered): Promise<Answer> => {
  const { held, file, n, hash, patienceMs, lockTimeoutMs } = one;
  await clearInvalid(sending, one);
  await held.query(
    `insert into plumbline_journal.migration_statements (file, n, hash, state) values ($1, $2, $3, 'begun') on conflict (file, n) do nothing`,
    [file, n, hash],
  );
  // It waits for older transactions, and nobody behind it: the short time-out is for those who keep others waiting.
  await sending.query(`set lock_timeout = ${patienceMs}`);
  try {
    const answer = await sending.send();
    await held.query(
      `update plumbline_journal.migration_statements set state = 'done', row_count = $3 where file = $1 and n = $2`,
      [file, n, answer.rowCount],
    );
    return answer;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await clearInvalid(sending, one);
    await held.query('delete from plumbline_journal.migration_statements where file = $1 and n = $2', [file, n]);
    throw error;
  } finally {
    await sending.query(`set lock_timeout = ${lockTimeoutMs}`).catch(() => undefined);
  }
};

/** IF NOT EXISTS takes an index whose building was cut off for done, and it would stay invalid for ever. */
const clearInvalid = async (sending: Sending, { sql, file, tell }: Numbered): Promise<void> => {
  const index = concurrentIndex(sql);
  if (index?.act !== 'create' || index.name === null) return;
  if (await dropInvalid(sending, index.name, index.table))
    tell(`${file}: the index ${index.name} was left invalid by a build that was cut off; it is dropped and built anew`);
};

/** PostgreSQL answered that it will not: so it has not, and the connection is well. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(?!57P|08)[0-9A-Z]{5}$/.test(String(error.code));

const inTransaction = async (sending: Sending, one: Numbered): Promise<Answer> => {
  await sending.query('begin');
  try {
    const answer = await withRow(sending, one);
    await sending.query('commit');
    return answer;
  } catch (error) {
    // On a connection that is gone there is nothing to roll back.
    await sending.query('rollback').catch(() => undefined);
    throw error;
  }
};

const withRow = async (sending: Sending, { file, n, hash }: Numbered): Promise<Answer> => {
  const answer = await sending.send();
  await sending.query(
    `insert into plumbline_journal.migration_statements (file, n, hash, state, row_count, answered) values ($1, $2, $3, 'done', $4, $5)`,
    [file, n, hash, answer.rowCount, answer.rows.length > 0],
  );
  return answer;
};
