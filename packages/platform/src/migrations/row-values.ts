import type pg from 'pg';
import type { SchemaFacts } from './schema-facts.ts';

/** The rows of each table in the shadow, by its name. */
export type RowValues = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;

/** What happened to the values of a column, or to the rows of a table (`column` is null). */
export interface ValueLoss {
  readonly relation: string;
  readonly column: string | null;
  /** all: no row is left, or every value is another. constant: one value was written over them. */
  readonly kind: 'rows-gone' | 'values-replaced' | 'values-overwritten-by-one';
  readonly lost: number;
  readonly of: number;
}

/** Reads every row: a shadow has few. */
export const rowValues = async (client: pg.Client, { relations }: SchemaFacts): Promise<RowValues> => {
  const tables = relations.filter(({ kind, isPartition }) => (kind === 'r' || kind === 'p') && !isPartition);
  if (tables.length === 0) return new Map();
  const parts = tables.map(
    ({ name }, index) =>
      `(select coalesce(jsonb_agg(to_jsonb(t)), '[]') from ${name
        .split('.')
        .map((part) => `"${part.replaceAll('"', '""')}"`)
        .join('.')} t) as t${index}`,
  );
  const { rows } = await client.query<Record<string, Record<string, unknown>[]>>(`select ${parts.join(', ')}`);
  return new Map(tables.map(({ name }, index) => [name, rows[0]?.[`t${index}`] ?? []]));
};

/**
 * What of the values from before is no longer there. Columns and tables that are gone are for others to tell; a NULL that
 * was filled is no loss. Pure.
 */
export const lossesBetween = (before: RowValues, after: RowValues): readonly ValueLoss[] =>
  [...before].flatMap(([relation, old]) => {
    const now = after.get(relation);
    if (now === undefined || old.length === 0) return [];
    const gone = old.length - now.length;
    // One row in many is what a migration of data is for.
    if (gone > old.length / 10)
      return [{ relation, column: null, kind: 'rows-gone' as const, lost: gone, of: old.length }];
    const columns = Object.keys(old[0] ?? {}).filter((column) => now[0] !== undefined && column in now[0]);
    return columns.flatMap((column) => columnLoss(relation, column, old, now));
  });

const columnLoss = (
  relation: string,
  column: string,
  old: readonly Readonly<Record<string, unknown>>[],
  now: readonly Readonly<Record<string, unknown>>[],
): readonly ValueLoss[] => {
  const texts = (rows: readonly Readonly<Record<string, unknown>>[]) =>
    rows.flatMap((row) => (row[column] === null || row[column] === undefined ? [] : [textOf(row[column])]));
  const left = texts(now);
  const was = texts(old);
  let lost = 0;
  for (const value of was) {
    const at = left.indexOf(value);
    if (at === -1) lost++;
    else left.splice(at, 1);
  }
  if (lost <= was.length / 10) return [];
  const kind = new Set(texts(now)).size === 1 && lost > 1 ? 'values-overwritten-by-one' : 'values-replaced';
  return [{ relation, column, kind, lost, of: was.length }];
};

/** A number that became text is the same value: its type is compared elsewhere. */
const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
