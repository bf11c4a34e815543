import pg from 'pg';
import { foreignSchemas } from './foreign-schemas.ts';
import { candidates, type SeedColumn, type SeedKind, seedValue } from './seed-values.ts';

/** A table that rows are made up for. */
interface SeedTable {
  readonly name: string;
  readonly columns: readonly SeedColumn[];
  readonly references: readonly {
    readonly columns: readonly string[];
    readonly to: string;
    readonly of: readonly string[];
  }[];
}

/** Ordinary rows of each table. */
const ordinaryRows = 20;

/** Fills every table with ordinary rows, each value different where it can be; answers the tables that stayed empty. */
export const seedOrdinary = (databaseUrl: string): Promise<readonly string[]> =>
  seed(
    databaseUrl,
    Array.from({ length: ordinaryRows }, (_, row) => ({ kind: 'ordinary', row: row + 1 })),
  );

/** Adds the rows that a real table has and nobody thinks of: NULLs, duplicates, long and empty values. */
export const seedDifficult = (databaseUrl: string): Promise<readonly string[]> =>
  seed(
    databaseUrl,
    (['missing', 'missing', 'long', 'small', 'repeated', 'repeated'] as const).map((kind, index) => ({
      kind,
      row: ordinaryRows + index + 1,
    })),
  );

interface Wanted {
  readonly kind: SeedKind;
  readonly row: number;
}

const seed = async (databaseUrl: string, wanted: readonly Wanted[]): Promise<readonly string[]> => {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'plumbline-shadow' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    // Neither triggers nor the order of foreign keys are to interfere: rows refer to rows that are there.
    await client.query('set session_replication_role = replica');
    const empty: string[] = [];
    for (const table of inOrder(await tablesOf(client)))
      if ((await seedTable(client, table, wanted)) === 0) empty.push(table.name);
    await client.query('analyze');
    return empty;
  } finally {
    await client.end();
  }
};

/** One more ordinary row for each table, by its name as PostgreSQL writes it: what old code would insert. */
export const freshRows = async (client: pg.Client): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> => {
  const fresh = new Map<string, Readonly<Record<string, unknown>>>();
  for (const table of await tablesOf(client)) {
    const rows = await madeRows(client, table, [{ kind: 'ordinary', row: 7_001 }]);
    if (rows.rows[0]) fresh.set(table.name, rows.rows[0]);
  }
  return fresh;
};

const madeRows = async (client: pg.Client, table: SeedTable, wanted: readonly Wanted[]) => {
  const columns = await withAllowed(client, table);
  const filled = columns.filter(({ isFilled }) => !isFilled);
  const referred = await referredRows(client, table);
  const rows = wanted.map(({ kind, row }) => {
    const made: Record<string, unknown> = Object.fromEntries(
      filled.map((column) => [column.name, seedValue(column, kind, row)]),
    );
    for (const reference of referred) Object.assign(made, reference(kind === 'missing' ? null : row, filled));
    return made;
  });
  return { filled, rows };
};

const seedTable = async (client: pg.Client, table: SeedTable, wanted: readonly Wanted[]): Promise<number> => {
  const { filled, rows } = await madeRows(client, table, wanted);
  const names = filled.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
  const insert = (some: readonly unknown[]) =>
    filled.length === 0
      ? isInserted(client, `insert into ${table.name} default values`, [])
      : isInserted(
          client,
          `insert into ${table.name} (${names}) overriding system value select ${names} from jsonb_populate_recordset(null::${table.name}, $1::jsonb)`,
          [JSON.stringify(some)],
        );
  if (filled.length > 0 && (await insert(rows))) return rows.length;
  // One of them does not suit: whatever does is taken.
  let count = 0;
  for (const row of rows) if (await insert([row])) count++;
  return count;
};

/** A row that a constraint refuses is an answer: the next one may suit. */
const isInserted = async (client: pg.Client, sql: string, values: readonly unknown[]): Promise<boolean> => {
  try {
    await client.query(sql, [...values]);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  }
};

type Refer = (row: number | null, columns: readonly SeedColumn[]) => Readonly<Record<string, unknown>>;

/** Keys of the rows that a foreign key may refer to, taken in turn. */
const referredRows = async (client: pg.Client, { name, references }: SeedTable): Promise<readonly Refer[]> => {
  const made: Refer[] = [];
  for (const { columns, to, of } of references) {
    const isNullable = to === name;
    const list = of.map((one) => pg.escapeIdentifier(one)).join(', ');
    const { rows } = await client.query<{ row: unknown[] }>(
      `select jsonb_build_array(${list}) as row from ${to} order by 1 limit 50`,
    );
    made.push((row, filled) => {
      const found = row === null ? undefined : rows[row % Math.max(1, rows.length)]?.row;
      return Object.fromEntries(
        columns.flatMap((column, index) => {
          const isMissing =
            found === undefined && (isNullable || filled.find((one) => one.name === column)?.isNullable);
          if (isMissing) return [[column, null]];
          return found === undefined && rows[0] === undefined ? [] : [[column, (found ?? rows[0]?.row)?.[index]]];
        }),
      );
    });
  }
  return made;
};

interface ColumnRow extends Omit<SeedColumn, 'allowed'> {
  readonly table: string;
  readonly checks: readonly string[];
  /** Those of its domain, which a cast to it puts to the test. */
  readonly domainChecks: readonly string[];
  readonly sqlType: string;
}

const tablesOf = async (client: pg.Client): Promise<readonly SeedTable[]> => {
  const { rows } = await client.query<ColumnRow>(columnsQuery);
  const { rows: keys } = await client.query<{ table: string; columns: string[]; to: string; of: string[] }>(
    foreignQuery,
  );
  const tables = new Map<string, SeedTable & { columns: SeedColumn[] }>();
  for (const row of rows) {
    const table = tables.get(row.table) ?? {
      name: row.table,
      columns: [],
      references: keys.filter((key) => key.table === row.table),
    };
    table.columns.push({ ...row, allowed: null });
    tables.set(row.table, table);
  }
  return [...tables.values()];
};

/** Which values the CHECK constraints of each single column let through. */
const withAllowed = async (client: pg.Client, table: SeedTable): Promise<readonly SeedColumn[]> => {
  const checked: SeedColumn[] = [];
  for (const column of table.columns) {
    const { checks = [], domainChecks = [], sqlType = 'text' } = column as Partial<ColumnRow>; // as read in tablesOf
    if (checks.length + domainChecks.length === 0) {
      checked.push(column);
      continue;
    }
    const allowed: string[] = [];
    const name = pg.escapeIdentifier(column.name);
    for (const candidate of candidates(column, [...checks, ...domainChecks])) {
      // The column is named, or its cast to a domain would be left out.
      const held = [`${name} is not null`, ...checks.map((check) => `coalesce((${check}), true)`)].join(' and ');
      const passes = await answerOf(
        client,
        `select (${held}) as passes from (select $1::text::${sqlType} as ${name}) q`,
        candidate,
      );
      if (passes && !allowed.includes(candidate)) allowed.push(candidate);
    }
    checked.push({ ...column, allowed: allowed.length > 0 ? allowed : null });
  }
  return checked;
};

/** A candidate that is no value of the type is none that passes. */
const answerOf = async (client: pg.Client, sql: string, value: string): Promise<boolean> => {
  try {
    return (await client.query<{ passes: boolean }>(sql, [value])).rows[0]?.passes === true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  }
};

/** Referred tables first; of a circle, whichever comes. */
const inOrder = (tables: readonly SeedTable[]): readonly SeedTable[] => {
  const done: SeedTable[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const waits = ({ name, references }: SeedTable) =>
      references.some(({ to }) => to !== name && left.some((other) => other.name === to));
    const ready = left.filter((table) => !waits(table));
    const next = ready.length > 0 ? ready : left.slice(0, 1);
    done.push(...next);
    left = left.filter((table) => !next.includes(table));
  }
  return done;
};

const notOurs = `n.nspname not in ${foreignSchemas} and c.relname not like 'knex_migrations%'`;
const qualified = `format('%I.%I', n.nspname, c.relname)`;

const columnsQuery = `
  select ${qualified} as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as "sqlType",
    case when e.oid is not null then e.typname else b.typname end as type, b.typelem <> 0 and b.typlen = -1 as "isArray",
    case when b.typname in ('varchar', 'bpchar') and coalesce(nullif(a.atttypmod, -1), t.typtypmod) > 4
      then coalesce(nullif(a.atttypmod, -1), t.typtypmod) - 4
      when b.typname in ('bit', 'varbit') and a.atttypmod > 0 then a.atttypmod end as length,
    case when b.typname = 'numeric' and a.atttypmod > 4
      then (((a.atttypmod - 4) >> 16) & 65535) - ((a.atttypmod - 4) & 2047) end as digits,
    (select jsonb_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = b.oid) as labels,
    not a.attnotnull and not t.typnotnull as "isNullable",
    exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any (i.indkey::int2[])) as "isUnique",
    a.attgenerated <> '' or a.attidentity <> '' or coalesce(pg_get_expr(d.adbin, d.adrelid) ~ 'nextval', false) as "isFilled",
    coalesce((select jsonb_agg(pg_get_expr(k.conbin, k.conrelid)) from pg_constraint k
      where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]), '[]') as checks,
    coalesce((select jsonb_agg(pg_get_constraintdef(k.oid)) from pg_constraint k where k.contypid = t.oid), '[]') as "domainChecks"
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_type t on t.oid = a.atttypid join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
  left join pg_type e on e.oid = b.typelem and b.typlen = -1
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped and ${notOurs}
  order by c.oid, a.attnum`;

const foreignQuery = `
  select ${qualified} as "table", format('%I.%I', fn.nspname, f.relname) as "to",
    (select jsonb_agg(attname order by ord) from unnest(k.conkey) with ordinality u(num, ord) join pg_attribute on attrelid = k.conrelid and attnum = num) as columns,
    (select jsonb_agg(attname order by ord) from unnest(k.confkey) with ordinality u(num, ord) join pg_attribute on attrelid = k.confrelid and attnum = num) as of
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
  where k.contype = 'f' and ${notOurs}`;
