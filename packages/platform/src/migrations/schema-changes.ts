import type { ColumnFacts, RelationFacts, SchemaFacts } from './schema-facts.ts';

/** What a migration changed of that which old code may depend on. `relation` and `column` are the old names. */
export type SchemaChange =
  | {
      readonly kind: 'relation-dropped' | 'relation-renamed';
      readonly relation: string;
      readonly what: string;
      readonly to: string | null;
    }
  | {
      readonly kind: 'column-dropped' | 'column-renamed';
      readonly relation: string;
      readonly column: string;
      readonly to: string | null;
    }
  | {
      readonly kind: 'column-added';
      readonly relation: string;
      readonly column: string;
      readonly type: string;
      readonly isRequired: boolean;
      readonly hasDefault: boolean;
    }
  | {
      readonly kind: 'type-changed';
      readonly relation: string;
      readonly column: string;
      readonly from: string;
      readonly to: string;
      readonly isOtherInJs: boolean;
    }
  | {
      readonly kind: 'default-dropped';
      readonly relation: string;
      readonly column: string;
      readonly isRequired: boolean;
    }
  | { readonly kind: 'required' | 'not-required'; readonly relation: string; readonly column: string }
  | {
      readonly kind: 'constraint-added';
      readonly relation: string;
      readonly name: string;
      readonly constraint: string;
      readonly columns: readonly string[];
      readonly isValid: boolean;
      readonly definition: string;
    }
  | {
      readonly kind: 'constraint-dropped' | 'constraint-renamed';
      readonly relation: string;
      readonly name: string;
      readonly constraint: string;
      readonly columns: readonly string[];
      readonly to: string | null;
    }
  | {
      readonly kind: 'unique-index-added' | 'unique-index-dropped';
      readonly relation: string;
      readonly name: string;
      readonly columns: readonly string[];
    }
  | { readonly kind: 'function-dropped'; readonly name: string }
  | { readonly kind: 'enum-value-gone'; readonly name: string; readonly label: string }
  | { readonly kind: 'enum-value-added'; readonly name: string; readonly label: string }
  | { readonly kind: 'grant-removed'; readonly relation: string; readonly grant: string }
  | { readonly kind: 'row-security-enabled'; readonly relation: string; readonly grants: readonly string[] }
  | { readonly kind: 'trigger-added'; readonly relation: string; readonly name: string };

/** Compares what there was with what there is. What is new altogether concerns nobody. Pure. */
export const changesBetween = (before: SchemaFacts, after: SchemaFacts): readonly SchemaChange[] => [
  ...before.relations.flatMap((old) => relationChanges(old, before, after)),
  ...before.functions
    .filter(({ name, takes, answers }) =>
      after.functions.every((now) => now.name !== name || now.takes !== takes || now.answers !== answers),
    )
    .map(({ name, takes }) => ({ kind: 'function-dropped' as const, name: `${name}(${takes})` })),
  ...before.enums.flatMap(({ oid, name, labels }) => {
    const now = after.enums.find((one) => one.oid === oid)?.labels ?? [];
    const others = (list: readonly string[], than: readonly string[]) => list.filter((label) => !than.includes(label));
    return [
      ...others(labels, now).map((label) => ({ kind: 'enum-value-gone' as const, name, label })),
      ...others(now, labels).map((label) => ({ kind: 'enum-value-added' as const, name, label })),
    ];
  }),
];

const kinds: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized view',
  S: 'sequence',
};

const relationChanges = (old: RelationFacts, before: SchemaFacts, after: SchemaFacts): readonly SchemaChange[] => {
  const sameName = after.relations.find(({ name }) => name === old.name);
  const sameThing = after.relations.find(({ oid }) => oid === old.oid);
  const what = kinds[old.kind] ?? 'relation';
  if (sameName === undefined)
    return [
      sameThing
        ? { kind: 'relation-renamed', relation: old.name, what, to: sameThing.name }
        : { kind: 'relation-dropped', relation: old.name, what, to: null },
    ];
  const now = sameName;
  // A view with the old name in the place of a table: whether it takes what the table took is tried, not read off.
  if (now.kind !== old.kind)
    return columnChanges(old, now).filter(({ kind }) => kind === 'column-dropped' || kind === 'type-changed');
  return [
    ...columnChanges(old, now),
    ...constraintChanges(old, now),
    ...indexChanges(old, now),
    ...rightsChanges(old, now),
    ...now.triggers
      .filter((name) => !old.triggers.includes(name))
      .map((name) => ({ kind: 'trigger-added' as const, relation: old.name, name })),
    // What a table was dropped and made anew for is no longer what it was.
    ...(sameThing === undefined && old.kind === 'r' && before !== after
      ? [{ kind: 'relation-dropped' as const, relation: old.name, what, to: old.name }]
      : []),
  ];
};

const columnChanges = (old: RelationFacts, now: RelationFacts): readonly SchemaChange[] => {
  const relation = old.name;
  const isSame = old.oid === now.oid;
  const added = now.columns.filter(
    ({ name, number }) => !old.columns.some((one) => one.name === name || (isSame && one.number === number)),
  );
  return [
    ...old.columns.flatMap((column) => oneColumn(relation, column, now, isSame)),
    ...added.map((column) => ({
      kind: 'column-added' as const,
      relation,
      column: column.name,
      type: column.type,
      isRequired: column.isRequired,
      hasDefault: column.default !== null || column.isIdentity || column.isAlwaysFilled,
    })),
  ];
};

const oneColumn = (
  relation: string,
  old: ColumnFacts,
  { columns }: RelationFacts,
  isSame: boolean,
): readonly SchemaChange[] => {
  const now = columns.find(({ name }) => name === old.name);
  const column = old.name;
  if (now === undefined) {
    const renamed = isSame ? columns.find(({ number }) => number === old.number) : undefined;
    return [{ kind: renamed ? 'column-renamed' : 'column-dropped', relation, column, to: renamed?.name ?? null }];
  }
  const changes: SchemaChange[] = [];
  if (now.type !== old.type)
    changes.push({
      kind: 'type-changed',
      relation,
      column,
      from: old.type,
      to: now.type,
      isOtherInJs: inJs(old) !== inJs(now),
    });
  if (isSame && now.number !== old.number) changes.push({ kind: 'column-dropped', relation, column, to: null });
  if (old.default !== null && now.default === null && !now.isIdentity)
    changes.push({ kind: 'default-dropped', relation, column, isRequired: now.isRequired });
  if (!old.isRequired && now.isRequired) changes.push({ kind: 'required', relation, column });
  if (old.isRequired && !now.isRequired) changes.push({ kind: 'not-required', relation, column });
  return changes;
};

/** What pg makes of a value: int8 and numeric come as text. Types that are not here come as text as well. */
const inJs = ({ typeOid }: ColumnFacts): string => jsTypes[typeOid] ?? 'text';
const jsTypes: Readonly<Record<number, string>> = {
  16: 'boolean',
  17: 'bytes',
  21: 'number',
  23: 'number',
  26: 'number',
  114: 'json',
  3802: 'json',
  700: 'number',
  701: 'number',
  1082: 'date',
  1114: 'date',
  1184: 'date',
  1186: 'interval',
};

const constraintChanges = (old: RelationFacts, now: RelationFacts): readonly SchemaChange[] => {
  const relation = old.name;
  const isIn = (list: RelationFacts['constraints'], name: string) => list.some((one) => one.name === name);
  const gone = old.constraints.filter(({ name }) => !isIn(now.constraints, name));
  const come = now.constraints.filter(({ name }) => !isIn(old.constraints, name));
  const twinOf = (one: RelationFacts['constraints'][number], list: RelationFacts['constraints']) =>
    list.find(({ definition }) => definition.replace(/ NOT VALID$/, '') === one.definition.replace(/ NOT VALID$/, ''));
  return [
    ...gone.map((one) => {
      const twin = twinOf(one, come);
      const { name, kind: constraint, columns } = one;
      const kind = twin ? ('constraint-renamed' as const) : ('constraint-dropped' as const);
      return { kind, relation, name, constraint, columns, to: twin?.name ?? null };
    }),
    ...come
      .filter((one) => twinOf(one, gone) === undefined)
      .map(({ name, kind: constraint, columns, isValid, definition }) => ({
        kind: 'constraint-added' as const,
        relation,
        name,
        constraint,
        columns,
        isValid,
        definition,
      })),
  ];
};

const indexChanges = (old: RelationFacts, now: RelationFacts): readonly SchemaChange[] => {
  const key = ({ columns, definition }: RelationFacts['uniqueIndexes'][number]) =>
    `${columns.join()} ${definition.replace(/^.* USING /, '')}`;
  const others = (list: RelationFacts['uniqueIndexes'], than: RelationFacts['uniqueIndexes']) =>
    list.filter((one) => !than.some((two) => key(one) === key(two)));
  return [
    ...others(now.uniqueIndexes, old.uniqueIndexes).map(({ name, columns }) => ({
      kind: 'unique-index-added' as const,
      relation: old.name,
      name,
      columns,
    })),
    ...others(old.uniqueIndexes, now.uniqueIndexes).map(({ name, columns }) => ({
      kind: 'unique-index-dropped' as const,
      relation: old.name,
      name,
      columns,
    })),
  ];
};

const rightsChanges = (old: RelationFacts, now: RelationFacts): readonly SchemaChange[] => [
  ...old.grants
    .filter((grant) => !now.grants.includes(grant))
    .map((grant) => ({ kind: 'grant-removed' as const, relation: old.name, grant })),
  ...(now.hasRowSecurity && !old.hasRowSecurity
    ? [{ kind: 'row-security-enabled' as const, relation: old.name, grants: now.grants }]
    : []),
];
