/** What is known of a column that a row is made up for. */
export interface SeedColumn {
  readonly name: string;
  /** PostgreSQL's name for the type that it has in the end: a domain's base, an array's own. */
  readonly type: string;
  readonly isArray: boolean;
  /** Of character types and bit strings; null where it is not limited. */
  readonly length: number | null;
  /** Digits before the point, of a numeric that limits them. */
  readonly digits: number | null;
  readonly labels: readonly string[] | null;
  readonly isNullable: boolean;
  readonly isUnique: boolean;
  /** PostgreSQL gives it a value of its own. */
  readonly isFilled: boolean;
  /** Values that its CHECK constraints let through; null where it has none. */
  readonly allowed: readonly string[] | null;
}

/**
 * ordinary: present, different in each row, of usual size. missing: NULL where it may be. long: as long or large as the type
 * takes. small: empty, or zero. repeated: as in the first ordinary row.
 */
export type SeedKind = 'ordinary' | 'missing' | 'long' | 'small' | 'repeated';

/** A value as JSON for jsonb_populate_recordset; undefined where nothing is known to suit the type. Keys are always unique. */
export const seedValue = (column: SeedColumn, kind: SeedKind, row: number): unknown => {
  if (kind === 'missing' && column.isNullable) return null;
  const n = kind === 'repeated' && !column.isUnique ? 1 : row;
  if (column.allowed !== null) return column.allowed[n % Math.max(1, column.allowed.length)];
  if (column.isArray) return column.type === 'text' || column.type === 'varchar' ? [`a${n}`] : [];
  const made = column.labels !== null ? column.labels[n % column.labels.length] : byType[column.type]?.(n, column);
  if (column.isUnique || kind === 'ordinary' || kind === 'repeated') return made;
  if (kind === 'long') return longest(column, n) ?? made;
  return smallest[column.type] ?? made;
};

/** Values of many shapes, for a column whose CHECK has a say: those that it refuses are left out. */
export const candidates = (column: SeedColumn, expressions: readonly string[]): readonly string[] => {
  const written = expressions.flatMap((one) => [...one.matchAll(/'((?:[^']|'')*)'|\b(\d+(?:\.\d+)?)\b/g)]);
  const literals = written.flatMap(([, text, number]) => (text ?? number ?? '').replaceAll("''", "'"));
  const made = Array.from({ length: 60 }, (_, n) => byType[column.type]?.(n + 1, column)).map(String);
  const shaped = Array.from({ length: 30 }, (_, n) => [`user${n}@example.com`, `https://example.com/${n}`, `A${n}`]);
  const numeric = literals.map(Number).filter(Number.isFinite);
  const near = numeric.flatMap((one) => [one + 1, one - 1, one / 2]).map(String);
  return [
    ...new Set([
      ...literals,
      ...made,
      ...near,
      ...(['text', 'varchar', 'citext', 'bpchar'].includes(column.type) ? shaped.flat() : []),
    ]),
  ];
};

const text = (n: number, { name, length }: SeedColumn): string => {
  const whole = `${name}-${n}`;
  return length === null || whole.length <= length ? whole : n.toString(36).slice(-length);
};
const day = (n: number) => `2024-${String((n % 12) + 1).padStart(2, '0')}-${String((n % 28) + 1).padStart(2, '0')}`;
const time = (n: number) => `${String(n % 24).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}:00`;
const whole = (n: number) => n;

const byType: Readonly<Record<string, ((n: number, column: SeedColumn) => unknown) | undefined>> = {
  int2: whole,
  int4: whole,
  int8: whole,
  float4: whole,
  float8: whole,
  numeric: (n, { digits }) => (digits === null ? n : n % 10 ** Math.max(0, digits)),
  money: whole,
  oid: whole,
  text,
  varchar: text,
  bpchar: text,
  citext: text,
  name: text,
  char: (n) => String.fromCharCode(97 + (n % 26)),
  bool: (n) => n % 2 === 0,
  uuid: (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  date: day,
  timestamp: (n) => `${day(n)} ${time(n)}`,
  timestamptz: (n) => `${day(n)} ${time(n)}+00`,
  time,
  timetz: (n) => `${time(n)}+00`,
  interval: (n) => `${n} minutes`,
  json: (n) => ({ n }),
  jsonb: (n) => ({ n }),
  bytea: (n) => `\\x${(n + 256).toString(16)}`.padEnd(6, '0'),
  inet: (n) => `10.0.${Math.floor(n / 250)}.${(n % 250) + 1}`,
  cidr: (n) => `10.0.${n % 250}.0/24`,
  macaddr: (n) => `08:00:2b:01:02:${(n % 256).toString(16).padStart(2, '0')}`,
  bit: (n, { length }) =>
    n
      .toString(2)
      .slice(-(length ?? 1))
      .padStart(length ?? 1, '0'),
  varbit: (n) => n.toString(2),
  tsvector: (n) => `word${n}`,
  int4range: (n) => `[${n * 10},${n * 10 + 5})`,
  int8range: (n) => `[${n * 10},${n * 10 + 5})`,
  numrange: (n) => `[${n * 10},${n * 10 + 5})`,
  daterange: (n) => `[${2000 + n}-01-01,${2000 + n}-02-01)`,
  tsrange: (n) => `[${2000 + n}-01-01,${2000 + n}-02-01)`,
  tstzrange: (n) => `[${2000 + n}-01-01 00:00+00,${2000 + n}-02-01 00:00+00)`,
  point: (n) => `(${n},${n})`,
};

const longestText = 3_000;

const longest = ({ type, length, digits }: SeedColumn, n: number): unknown => {
  switch (type) {
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'citext':
      return String(n)
        .padStart(length ?? longestText, 'x')
        .slice(-(length ?? longestText));
    case 'int2':
      return 32_000;
    case 'int4':
      return 2_147_483_000;
    case 'int8':
      return 9_007_199_254_740_000;
    case 'numeric':
      return digits === null ? '9'.repeat(20) : '9'.repeat(Math.max(1, digits));
    default:
      return undefined;
  }
};

const smallest: Readonly<Record<string, unknown>> = {
  text: '',
  varchar: '',
  citext: '',
  int2: 0,
  int4: -1,
  int8: -1,
  numeric: 0,
  float8: 0,
};
