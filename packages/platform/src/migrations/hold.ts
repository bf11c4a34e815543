import { kindOf, type SqlNode, statementsOf } from './sql-statements.ts';
import type { TracedFile, TracedStatement } from './trace-words.ts';

/** Rows a second, after the labelling run of bench/migrations on two shared cores, with a reserve of about two. */
const perSecond = { scanned: 1_000_000, compared: 1_200_000, indexed: 250_000, rewritten: 150_000, written: 20_000 };

/** What a table is taken for where nobody could look. */
export const unknownRows = 1_000_000;

/** How many rows a table has in the environment. */
export type RowsOf = (relation: string) => number;

/** Work on tables that were there before, by one statement. */
export interface Work {
  readonly statement: TracedStatement;
  readonly node: SqlNode;
  readonly ms: number;
  /** The table that takes the most of it. */
  readonly relation: string | null;
}

/** A lock on a table that keeps old code waiting, with the work that is done under it. */
export interface Hold {
  readonly relation: string;
  /** Whom it keeps waiting. */
  readonly blocks: 'readers and writers' | 'writers';
  /** Which statement took it. */
  readonly takenBy: TracedStatement;
  /** What takes longest while it is held. */
  readonly longest: Work;
  /** Of all work under it, as estimated for the environment's rows. */
  readonly ms: number;
}

const writersWait = new Set(['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock']);

const blockedBy = (mode: string): Hold['blocks'] | null => {
  if (mode === 'AccessExclusiveLock') return 'readers and writers';
  return writersWait.has(mode) ? 'writers' : null;
};

/** Which tables a file keeps waiting, and for how long: what it locks is held until its transaction ends. Pure. */
export const holdsOf = (file: TracedFile, rowsOf: RowsOf): readonly Hold[] => {
  let holds: readonly Hold[] = [];
  const ended: Hold[] = [];
  for (const statement of file.statements) {
    if (!statement.inTransaction) {
      ended.push(...holds);
      holds = [];
    }
    const work = workOf(statement, rowsOf);
    holds = withLocks(holds, work, rowsOf).map((hold) => ({
      ...hold,
      ms: hold.ms + work.ms,
      longest: work.ms > hold.longest.ms ? work : hold.longest,
    }));
  }
  return [...ended, ...holds];
};

/** What is held by the end of a statement: what was, and what it took. */
const withLocks = (before: readonly Hold[], work: Work, rowsOf: RowsOf): readonly Hold[] => {
  const holds = new Map(before.map((hold) => [hold.relation, hold]));
  const { statement } = work;
  for (const { relation, mode } of [...statement.locks, ...impliedLocks(statement, rowsOf)]) {
    const blocks = blockedBy(mode);
    if (blocks === null) continue;
    const hold = holds.get(relation) ?? { relation, blocks, takenBy: statement, longest: work, ms: 0 };
    holds.set(relation, { ...hold, blocks: hold.blocks === 'writers' ? blocks : hold.blocks });
  }
  return [...holds.values()];
};

/** A table gets a new file under this lock alone, also where nobody was quick enough to see it. */
const impliedLocks = ({ rewritten }: TracedStatement, rowsOf: RowsOf): TracedStatement['locks'] =>
  rewritten.filter((relation) => rowsOf(relation) > 0).map((relation) => ({ relation, mode: 'AccessExclusiveLock' }));

/** How long a statement works, by what PostgreSQL says it did in the shadow and the environment's rows. Pure. */
export const workOf = (statement: TracedStatement, rowsOf: RowsOf): Work => {
  const node = statementsOf(statement.sql)?.[0]?.node ?? {};
  const parts = [
    ...rewriting(statement, rowsOf),
    ...indexing(statement, rowsOf),
    ...comparing(statement, node, rowsOf),
    ...statement.written.map((written) => ({ relation: written.relation, ms: writtenMs(written, rowsOf) })),
    ...ranging(statement, node, rowsOf),
  ];
  const isCounted = (relation: string) => parts.some((part) => part.relation === relation);
  for (const relation of statement.scanned)
    if (!isCounted(relation)) parts.push({ relation, ms: (rowsOf(relation) / perSecond.scanned) * 1_000 });
  // It is the same everywhere, however many rows there are.
  const slept = /\bpg_sleep/i.test(statement.sql) ? statement.ms : 0;
  const longest = parts.toSorted((a, b) => b.ms - a.ms)[0];
  return {
    statement,
    node,
    relation: longest?.relation ?? null,
    ms: slept + parts.reduce((sum, { ms }) => sum + ms, 0),
  };
};

interface Part {
  readonly relation: string;
  readonly ms: number;
}

const rewriting = ({ rewritten, locks, sql }: TracedStatement, rowsOf: RowsOf): Part[] => {
  // A truncated table gets a new file as well, with nothing in it.
  if (/^\s*truncate\b/i.test(sql)) return [];
  const tables = rewritten.filter((relation) => rowsOf(relation) > 0);
  if (tables.length > 0)
    return tables.map((relation) => ({ relation, ms: (rowsOf(relation) / perSecond.rewritten) * 1_000 }));
  // Only indexes were: that of the table which is locked for it.
  const indexed = rewritten.length === 0 ? [] : locks.filter(({ mode }) => blockedBy(mode) !== null);
  return [...new Set(indexed.map(({ relation }) => relation))].map((relation) => ({
    relation,
    ms: (rowsOf(relation) / perSecond.indexed) * 1_000,
  }));
};

const indexing = ({ indexes, rewritten }: TracedStatement, rowsOf: RowsOf): Part[] =>
  indexes
    .filter(({ relation }) => !rewritten.includes(relation))
    .map(({ relation }) => ({ relation, ms: (rowsOf(relation) / perSecond.indexed) * 1_000 }));

/** A foreign key that is validated compares two tables; how is the planner's affair, and no counter tells. */
const comparing = (statement: TracedStatement, node: SqlNode, rowsOf: RowsOf): Part[] => {
  const validates = alterations(node).some(
    ({ subtype, def }) =>
      subtype === 'AT_AddConstraint' && def?.contype === 'CONSTR_FOREIGN' && def.skip_validation !== true,
  );
  const table = statement.locks.find(({ mode }) => blockedBy(mode) !== null)?.relation;
  const largest = statement.locks
    .filter(({ mode }) => mode === 'ShareRowExclusiveLock')
    .map(({ relation }) => relation)
    .toSorted((a, b) => rowsOf(b) - rowsOf(a))[0];
  const relation = largest ?? table;
  return validates && relation !== undefined ? [{ relation, ms: (rowsOf(relation) / perSecond.compared) * 1_000 }] : [];
};

/** Keys that a shadow does not have are matched by no row of it: as many rows as the range is wide. */
const ranging = ({ sql, locks, written }: TracedStatement, node: SqlNode, rowsOf: RowsOf): Part[] => {
  if (!['UpdateStmt', 'DeleteStmt'].includes(kindOf(node)[0]) || written.length > 0) return [];
  const relation = locks.find(({ mode, relation: name }) => mode === 'RowExclusiveLock' && rowsOf(name) > 0)?.relation;
  const bounds = [...sql.matchAll(/(?:[<>]=?|\bbetween|\band)\s+(\d+)\b/gi)].map(([, bound]) => Number(bound));
  const isFilling = /\bis null\b/i.test(sql);
  if (relation === undefined || (bounds.length === 0 && !isFilling)) return [];
  const wide = bounds.length <= 1 ? Number.POSITIVE_INFINITY : Math.max(...bounds) - Math.min(...bounds);
  return [{ relation, ms: (Math.min(wide, rowsOf(relation)) / perSecond.written) * 1_000 }];
};

const writtenMs = (written: TracedStatement['written'][number], rowsOf: RowsOf): number => {
  const { relation, inserted, updated, deleted, of } = written;
  const share = of === 0 ? 0 : Math.min(1, (updated + deleted) / of);
  return ((share * rowsOf(relation) + inserted) / perSecond.written) * 1_000;
};

/** One command of an ALTER TABLE. */
export interface Alteration {
  readonly subtype: string;
  readonly name: string;
  readonly def: SqlNode | null;
}

/** The commands of an ALTER TABLE; none of any other statement. */
export const alterations = (node: SqlNode): readonly Alteration[] => {
  const [kind, fields] = kindOf(node);
  if (kind !== 'AlterTableStmt' || !Array.isArray(fields.cmds)) return [];
  return fields.cmds.map((one: { AlterTableCmd: { subtype?: string; name?: string; def?: SqlNode } }) => {
    const { subtype = 'AT_AddColumn', name = '', def } = one.AlterTableCmd;
    return { subtype, name, def: def ? kindOf(def)[1] : null };
  });
};

/** `about 2.4 s at 1,200,000 rows`. */
export const timeWords = (ms: number, rows: number): string => {
  const time =
    ms < 1_000
      ? `${Math.max(1, Math.round(ms / 10) * 10)} ms`
      : ms < 120_000
        ? `${(ms / 1_000).toFixed(1)} s`
        : `${Math.round(ms / 60_000)} min`;
  return rows === 0 ? `about ${time}` : `about ${time} at ${rows.toLocaleString('en')} rows`;
};
