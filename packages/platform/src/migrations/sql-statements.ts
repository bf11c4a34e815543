import { loadModule, parseSync } from 'libpg-query';

/** One statement of a text that may have several. */
export interface SqlStatement {
  /** Without what is before and after it. */
  readonly sql: string;
  /** Its node in PostgreSQL's parse tree: `{ AlterTableStmt: { … } }`. */
  readonly node: SqlNode;
}

/** A node of the parse tree, to be read with care: what is not there is false, zero or the first of an enum. */
export type SqlNode = Readonly<Record<string, unknown>>;

/** PostgreSQL's grammar is a program of its own, which is loaded once before anything is parsed. */
export const loadGrammar = (): Promise<void> => loadModule();

/** The statements of a text; null where PostgreSQL's grammar does not take it. After `loadGrammar`. */
export const statementsOf = (text: string): readonly SqlStatement[] | null => {
  try {
    const bytes = Buffer.from(text);
    return (parseSync(text).stmts ?? []).map(({ stmt, stmt_location: at = 0, stmt_len: length }) => ({
      sql: bytes
        .subarray(at, length ? at + length : undefined)
        .toString()
        .trim(),
      node: (stmt ?? {}) as SqlNode, // a plain object, whichever kind
    }));
  } catch (error) {
    // The grammar's own error: what it says is told by PostgreSQL when the statement is executed.
    if (error instanceof Error && error.constructor.name === 'SqlError') return null;
    throw error;
  }
};

/** The kind of a statement and its fields: `AlterTableStmt`, `IndexStmt`. */
export const kindOf = (node: SqlNode): readonly [kind: string, fields: SqlNode] => {
  const [kind = '', fields = {}] = Object.entries(node)[0] ?? [];
  return [kind, fields as SqlNode]; // every statement is an object
};

/** Whether PostgreSQL refuses a statement in a transaction, or it ends one by itself. */
export const isAlone = (node: SqlNode): boolean => {
  const [kind, fields] = kindOf(node);
  switch (kind) {
    case 'IndexStmt':
    case 'DropStmt':
      return fields.concurrent === true;
    case 'ReindexStmt':
      return JSON.stringify(fields.params ?? []).includes('"concurrently"') || !fields.relation;
    case 'VacuumStmt':
      return fields.is_vacuumcmd === true;
    case 'ClusterStmt':
      return !fields.relation;
    case 'AlterTableStmt':
      return /AT_DetachPartitionFinalize|"AT_DetachPartition".*"concurrent":true/.test(
        JSON.stringify(fields.cmds ?? []),
      );
    case 'DoStmt':
      return /\b(commit|rollback)\b/i.test(JSON.stringify(fields.args ?? []));
    default:
      return aloneKinds.has(kind);
  }
};

const aloneKinds = new Set([
  'TransactionStmt',
  'CreatedbStmt',
  'DropdbStmt',
  'AlterSystemStmt',
  'CreateTableSpaceStmt',
  'DropTableSpaceStmt',
  'CreateSubscriptionStmt',
  'DropSubscriptionStmt',
  'CallStmt',
]);
