import { kindOf, loadGrammar, type SqlNode, statementsOf } from './sql-statements.ts';

/** Tells what each statement of one file takes away from what was there before the file. */
export interface TakingAway {
  /** What the statement drops, renames or tightens, in words; null when it only adds. Judges nothing inside of functions. */
  of(sql: string): string | null;
  /** Whether the statement is for rows alone. */
  isForRows(sql: string): boolean;
}

/** Reads statements by PostgreSQL's own grammar, which is a program that is loaded once. */
export const takingAway = async (): Promise<TakingAway> => {
  await loadGrammar();
  const own = new Set<string>();
  const widened = new Set<string>();
  return {
    of: (sql) => {
      for (const node of nodesOf(sql)) {
        const found = taken(node, own, widened);
        if (found !== null) return found;
        note(node, own, widened);
      }
      return null;
    },
    isForRows: (sql) => nodesOf(sql).every((node) => rowKinds.has(kindOf(node)[0])),
  };
};

const rowKinds = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'TransactionStmt',
  'VariableSetStmt',
  'DoStmt',
  'CallStmt',
  'ExplainStmt',
  'VacuumStmt',
  'LockStmt',
]);

/** What the grammar does not take is PostgreSQL's to refuse. A placeholder of knex's has become `$1` by now. */
const nodesOf = (sql: string): readonly SqlNode[] => (statementsOf(sql) ?? []).map(({ node }) => node);

const relationOf = ({ relation }: SqlNode): string => String((relation as SqlNode | undefined)?.relname ?? '');

/** What a file makes, it may also change; and a column that it adds is empty, and nobody writes it yet. */
const note = (node: SqlNode, own: Set<string>, widened: Set<string>): void => {
  const [kind, fields] = kindOf(node);
  if (kind === 'CreateStmt') own.add(relationOf(fields));
  if (kind === 'CreateTableAsStmt') own.add(relationOf({ relation: (fields.into as SqlNode | undefined)?.rel }));
  if (kind === 'AlterTableStmt' && subtypesOf(fields).includes('AT_AddColumn')) widened.add(relationOf(fields));
};

const taken = (node: SqlNode, own: ReadonlySet<string>, widened: ReadonlySet<string>): string | null => {
  const [kind, fields] = kindOf(node);
  switch (kind) {
    case 'DropStmt':
      return droppedBy(fields, own);
    case 'RenameStmt':
      return renamedBy(fields, own);
    case 'TruncateStmt':
      return 'empties a table';
    case 'AlterEnumStmt':
      return fields.oldVal === undefined ? null : `renames the value ${fields.oldVal}`;
    case 'AlterTableStmt':
      return own.has(relationOf(fields)) ? null : alteredBy(fields, widened);
    default:
      return null;
  }
};

const droppedBy = ({ removeType, objects }: SqlNode, own: ReadonlySet<string>): string | null => {
  const what = String(removeType).replace('OBJECT_', '').toLowerCase();
  if (what === 'index') return null;
  // The arguments of a function are no part of its name.
  const text = JSON.stringify(objects ?? []).replace(/"objargs":.*/, '');
  const names = [...text.matchAll(/"sval":"([^"]+)"/g)].map(([, name]) => name ?? '');
  return names.length > 0 && names.every((name) => own.has(name)) ? null : `drops the ${what} ${names.join('.')}`;
};

const renamedBy = (fields: SqlNode, own: ReadonlySet<string>): string | null => {
  const what = String(fields.renameType).replace('OBJECT_', '').toLowerCase();
  if (what === 'index' || what === 'tabconstraint' || own.has(relationOf(fields))) return null;
  return `renames the ${what} ${fields.subname ?? relationOf(fields)}`;
};

const commandsOf = ({ cmds }: SqlNode): readonly SqlNode[] =>
  ((cmds as readonly SqlNode[] | undefined) ?? []).map((one) => kindOf(one)[1]);

const subtypesOf = (fields: SqlNode): readonly string[] => commandsOf(fields).map(({ subtype }) => String(subtype));

interface Altered {
  readonly table: string;
  /** The file adds a column to the table, which it may then tighten: nobody writes it yet. */
  readonly addsColumn: boolean;
}

type Alteration = (command: SqlNode, altered: Altered) => string | null;

const alterations: Readonly<Record<string, Alteration>> = {
  AT_DropColumn: ({ name }, { table }) => `drops the column ${table}.${name}`,
  AT_SetNotNull: ({ name }, { table, addsColumn }) => (addsColumn ? null : `requires ${table}.${name}`),
  AT_AlterColumnType: ({ name }, { table, addsColumn }) => (addsColumn ? null : `changes the type of ${table}.${name}`),
  AT_ColumnDefault: ({ name, def }, { table, addsColumn }) =>
    def !== undefined || addsColumn ? null : `drops the default of ${table}.${name}`,
  AT_AddColumn: ({ def }, { table }) => {
    const column = fieldsOf(def);
    return isRequired(column) ? `adds ${table}.${column.colname}, which is required and has no default` : null;
  },
  // By an index: that was there already, and with it what the constraint says.
  AT_AddConstraint: ({ def }, { table, addsColumn }) =>
    addsColumn || fieldsOf(def).indexname !== undefined ? null : `constrains ${table}`,
};

const alteredBy = (fields: SqlNode, widened: ReadonlySet<string>): string | null => {
  const table = relationOf(fields);
  const addsColumn = widened.has(table) || subtypesOf(fields).includes('AT_AddColumn');
  const found = commandsOf(fields).map((one) => alterations[String(one.subtype)]?.(one, { table, addsColumn }) ?? null);
  return found.find((one) => one !== null) ?? null;
};

const fieldsOf = (node: unknown): SqlNode => kindOf((node as SqlNode | undefined) ?? {})[1]; // a node, where there is one

const isRequired = (column: SqlNode): boolean => {
  const kinds = ((column.constraints as readonly SqlNode[] | undefined) ?? []).map((one) =>
    String(kindOf(one)[1].contype),
  );
  const requires = kinds.includes('CONSTR_NOTNULL') || kinds.includes('CONSTR_PRIMARY');
  return requires && !kinds.some((kind) => ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'].includes(kind));
};
