import { alterations, type Hold, holdsOf, type RowsOf, timeWords, type Work, workOf } from './hold.ts';
import { waysOf } from './safe-ways.ts';
import { type Said, short } from './said.ts';
import { kindOf } from './sql-statements.ts';
import type { TracedFile } from './trace-words.ts';

/** How long old statements may be kept waiting, in milliseconds: what a person hardly notices, and a full pool not yet. */
const refuseMs = 200;
const warnMs = 50;

/** What keeps the old release's statements waiting, by how long it does at the environment's sizes. Pure. */
export const lockFindings = (file: TracedFile, rowsOf: RowsOf): readonly Said[] => {
  const byCause = new Map<string, Hold>();
  for (const hold of holdsOf(file, rowsOf)) {
    // One statement that locks two tables is one finding: that of the table which most wait for.
    const cause = `${hold.longest.statement.sql} ${hold.longest.statement.line}`;
    const known = byCause.get(cause);
    if (known === undefined || rowsOf(hold.relation) > rowsOf(known.relation)) byCause.set(cause, hold);
  }
  const held = [...byCause.values()].flatMap((hold) => heldFinding(hold, rowsOf));
  return [...held, ...writtenFindings(file, rowsOf, held.length > 0)];
};

const heldFinding = (hold: Hold, rowsOf: RowsOf): readonly Said[] => {
  if (hold.ms <= warnMs) return [];
  const { longest, takenBy, relation, blocks } = hold;
  const own = longest.statement === takenBy || locksItself(longest, relation);
  const id = own || isValidation(longest) ? idOf(longest) : 'lock-held-on';
  const table = short(relation);
  const wait = timeWords(hold.ms, rowsOf(longest.relation ?? relation));
  const because = own
    ? `${blocks} of ${table} wait for ${wait}, while ${doing(longest)}`
    : `${table} is locked by line ${takenBy.line ?? '?'} against its ${blocks} until the transaction ends, and they wait for ${wait}, while ${doing(longest)}`;
  return [
    {
      id,
      severity: hold.ms > refuseMs ? 'error' : 'warning',
      line: longest.statement.line,
      message: because,
      fix: waysOf(id, { table, sql: longest.statement.sql, node: longest.node }),
    },
  ];
};

/** A lock that the statement would have needed for itself as well, and not one that it only found. */
const locksItself = ({ statement, node, relation }: Work, held: string): boolean =>
  relation === held &&
  !isValidation({ node }) &&
  !['SelectStmt', 'UpdateStmt', 'DeleteStmt'].includes(kindOf(node)[0]) &&
  statement.locks.length > 0;

const isValidation = ({ node }: Pick<Work, 'node'>): boolean =>
  alterations(node).some(({ subtype }) => subtype === 'AT_ValidateConstraint');

const statementIds: Readonly<Record<string, readonly [id: string, doing: string]>> = {
  IndexStmt: ['index-blocks-writes', 'the index is built'],
  ReindexStmt: ['reindex-blocks', 'the index is built anew'],
  VacuumStmt: ['table-rewritten', 'the table is rewritten'],
  ClusterStmt: ['table-rewritten', 'the table is rewritten'],
  RefreshMatViewStmt: ['view-refreshed-under-lock', 'the view is filled anew'],
  UpdateStmt: ['rows-written-at-once', 'rows are updated'],
  DeleteStmt: ['rows-written-at-once', 'rows are deleted'],
  InsertStmt: ['rows-written-at-once', 'rows are inserted'],
  SelectStmt: ['lock-held-on', 'a query runs'],
};

const alterationIds: Readonly<Record<string, readonly [id: string, doing: string]>> = {
  AT_SetNotNull: ['not-null-scans', 'every row is read to see that it has a value'],
  AT_AlterColumnType: ['type-rewrites', 'the column gets its new type'],
  AT_ValidateConstraint: ['validated-under-lock', 'the constraint is validated'],
  AT_AttachPartition: ['attach-scans', 'every row is read to see that it fits the partition'],
  AT_SetLogged: ['table-rewritten', 'the table is rewritten'],
  AT_SetUnLogged: ['table-rewritten', 'the table is rewritten'],
  CONSTR_CHECK: ['check-scans', 'every row is read to see that it fulfils the constraint'],
  CONSTR_FOREIGN: ['foreign-key-scans', 'every row is compared with the table that it refers to'],
  CONSTR_UNIQUE: ['unique-builds-index', 'the index of the constraint is built'],
  CONSTR_PRIMARY: ['primary-key-builds-index', 'the index of the key is built'],
  CONSTR_EXCLUSION: ['exclusion-builds-index', 'the index of the constraint is built'],
};

const described = ({ node }: Pick<Work, 'node'>): readonly [id: string, doing: string] => {
  for (const { subtype, def } of alterations(node)) {
    if (subtype === 'AT_AddColumn') {
      const text = JSON.stringify(def);
      return /CONSTR_IDENTITY|CONSTR_GENERATED|"serial|"bigserial|"smallserial/.test(text)
        ? ['column-rewrites', 'the table is rewritten with the new column']
        : ['default-rewrites', 'the table is rewritten with the default of the new column'];
    }
    const found = alterationIds[subtype] ?? alterationIds[String(def?.contype)];
    if (found) return found;
  }
  return statementIds[kindOf(node)[0]] ?? ['long-lock', 'the statement works'];
};

const idOf = (work: Work): string => described(work)[0];
const doing = (work: Work): string => `${described(work)[1]}${work.relation ? ` (${short(work.relation)})` : ''}`;

/** Rows that are written at once stay locked for whoever wants to write them, until the transaction ends. */
const writtenFindings = (file: TracedFile, rowsOf: RowsOf, isHeld: boolean): readonly Said[] => {
  if (file.isDeclaredBackfill || isHeld) return [];
  return file.statements.flatMap((statement) => {
    const { ms, relation, node } = workOf(statement, rowsOf);
    const wrote =
      ['UpdateStmt', 'DeleteStmt'].includes(kindOf(node)[0]) ||
      statement.written.some(({ updated, deleted }) => updated + deleted > 0);
    if (!wrote || relation === null || ms <= warnMs || (!statement.inTransaction && isBatch(statement.sql))) return [];
    const table = short(relation);
    const id = 'rows-written-at-once';
    return [
      {
        id,
        severity: ms > refuseMs ? ('error' as const) : ('warning' as const),
        line: statement.line,
        message: `whoever writes one of these rows of ${table} waits until the transaction ends, ${timeWords(ms, rowsOf(relation))}; each is written anew, and replicas lag behind`,
        fix: waysOf(id, { table, sql: statement.sql, node }),
      },
    ];
  });
};

/** One piece of many: it says how many rows it takes, or from which key to which. */
const isBatch = (sql: string): boolean =>
  /\blimit\b|\bbetween\b|>=?\s*\S+\s+and\s+\S+\s*<=?|\bin\s*\(\s*\$|= any/i.test(sql) || /^\s*do\b/i.test(sql);

/** Locks that are short by themselves, and settings that take the runner's guard away. Pure. */
export const guardFindings = (file: TracedFile): readonly Said[] =>
  file.statements.flatMap(({ sql, line }) => {
    if (!/^\s*set\s+(session\s+|local\s+)?(lock_timeout|statement_timeout)\s*(=|to)\s*'?0/i.test(sql)) return [];
    return [
      {
        id: 'timeout-removed',
        severity: 'error' as const,
        line,
        message:
          'the runner gives each statement a lock_timeout, so that a migration that waits keeps nobody waiting: this takes it away',
        fix: 'leave it out: the runner sets it on every connection, and tries again',
      },
    ];
  });
