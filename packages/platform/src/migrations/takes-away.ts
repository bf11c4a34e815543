import { loadModule, parseSync } from 'libpg-query';

/** A node of PostgreSQL's parse tree: what is false, zero or the first of an enum is left out. */
interface Node {
  readonly [field: string]: unknown;
}

/** Tells what each statement of one file takes away from what was there before the file. */
export interface TakingAway {
  /** What the statement drops, renames or tightens, in words; null when it only adds. Judges nothing inside of functions. */
  of(sql: string): string | null;
  /** Whether the statement is for rows alone. */
  isForRows(sql: string): boolean;
}

/** Reads statements by PostgreSQL's own grammar, which is a program that is loaded once. */
export const takingAway = async (): Promise<TakingAway> => {
  await loadModule();
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
const nodesOf = (sql: string): readonly Node[] => {
  try {
    // The tree is plain objects, read with care below.
    return (parseSync(sql).stmts ?? []).map(({ stmt }) => (stmt ?? {}) as Node);
  } catch (error) {
    if (error instanceof Error && error.constructor.name === 'SqlError') return [];
    throw error;
  }
};

const kindOf = (node: Node): readonly [string, Node] => {
  const [kind = '', fields = {}] = Object.entries(node)[0] ?? [];
  return [kind, fields as Node]; // every statement is an object
};

const relationOf = ({ relation }: Node): string => String((relation as Node | undefined)?.relname ?? '');

/** What a file makes, it may also change; and a column that it adds is empty, and nobody writes it yet. */
const note = (node: Node, own: Set<string>, widened: Set<string>): void => {
  const [kind, fields] = kindOf(node);
  if (kind === 'CreateStmt') own.add(relationOf(fields));
  if (kind === 'CreateTableAsStmt') own.add(relationOf({ relation: (fields.into as Node | undefined)?.rel }));
  if (kind === 'AlterTableStmt' && subtypesOf(fields).includes('AT_AddColumn')) widened.add(relationOf(fields));
};

const taken = (node: Node, own: ReadonlySet<string>, widened: ReadonlySet<string>): string | null => {
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

const droppedBy = ({ removeType, objects }: Node, own: ReadonlySet<string>): string | null => {
  const what = String(removeType).replace('OBJECT_', '').toLowerCase();
  if (what === 'index') return null;
  // The arguments of a function are no part of its name.
  const text = JSON.stringify(objects ?? []).replace(/"objargs":.*/, '');
  const names = [...text.matchAll(/"sval":"([^"]+)"/g)].map(([, name]) => name ?? '');
  return names.length > 0 && names.every((name) => own.has(name)) ? null : `drops the ${what} ${names.join('.')}`;
};

const renamedBy = (fields: Node, own: ReadonlySet<string>): string | null => {
  const what = String(fields.renameType).replace('OBJECT_', '').toLowerCase();
  if (what === 'index' || what === 'tabconstraint' || own.has(relationOf(fields))) return null;
  return `renames the ${what} ${fields.subname ?? relationOf(fields)}`;
};

const commandsOf = ({ cmds }: Node): readonly Node[] =>
  ((cmds as readonly Node[] | undefined) ?? []).map((one) => kindOf(one)[1]);

const subtypesOf = (fields: Node): readonly string[] => commandsOf(fields).map(({ subtype }) => String(subtype));

interface Altered {
  readonly table: string;
  /** The file adds a column to the table, which it may then tighten: nobody writes it yet. */
  readonly addsColumn: boolean;
}

type Alteration = (command: Node, altered: Altered) => string | null;

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

const alteredBy = (fields: Node, widened: ReadonlySet<string>): string | null => {
  const table = relationOf(fields);
  const addsColumn = widened.has(table) || subtypesOf(fields).includes('AT_AddColumn');
  const found = commandsOf(fields).map((one) => alterations[String(one.subtype)]?.(one, { table, addsColumn }) ?? null);
  return found.find((one) => one !== null) ?? null;
};

const fieldsOf = (node: unknown): Node => kindOf((node as Node | undefined) ?? {})[1]; // a node, where there is one

const isRequired = (column: Node): boolean => {
  const kinds = ((column.constraints as readonly Node[] | undefined) ?? []).map((one) =>
    String(kindOf(one)[1].contype),
  );
  const requires = kinds.includes('CONSTR_NOTNULL') || kinds.includes('CONSTR_PRIMARY');
  return requires && !kinds.some((kind) => ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'].includes(kind));
};
