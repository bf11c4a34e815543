import { foreignSchemas } from './foreign-schemas.ts';
import type { Asks } from './journal.ts';

/** An index or a constraint that somebody began and did not end. */
export interface Leftover {
  readonly name: string;
  readonly table: string;
}

/** Indexes whose building was cut off: each write keeps them up, no query uses them. */
export const invalidIndexes = async (on: Asks): Promise<readonly Leftover[]> => {
  const { rows } = await on.query<{ name: string; table: string }>(
    `select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as table
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where not i.indisvalid and c.relkind = 'i' and n.nspname not in ${foreignSchemas} order by 1`,
  );
  return rows;
};

/** Constraints that hold for new rows alone, until somebody validates them. */
export const unvalidatedConstraints = async (on: Asks): Promise<readonly Leftover[]> => {
  const { rows } = await on.query<{ name: string; table: string }>(
    `select c.conname as name, c.conrelid::regclass::text as table
     from pg_constraint c join pg_namespace n on n.oid = c.connamespace
     where not c.convalidated and c.conrelid <> 0 and n.nspname not in ${foreignSchemas} order by 1`,
  );
  return rows;
};

/** How an index of that name on that table is: `null` when there is none. Names as a statement writes them. */
export const indexState = async (
  on: Asks,
  name: string,
  table: string,
): Promise<{ readonly name: string; readonly isValid: boolean } | null> => {
  const { rows } = await on.query<{ name: string; isValid: boolean }>(
    `select i.indexrelid::regclass::text as name, i.indisvalid as "isValid"
     from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = to_regclass($1) and c.relname = (parse_ident($2))[array_upper(parse_ident($2), 1)]`,
    [table, name],
  );
  return rows[0] ?? null;
};

/** Drops an index whose building was cut off, without keeping anybody from the table. Answers whether there was one. */
export const dropInvalid = async (on: Asks, name: string, table: string): Promise<boolean> => {
  const found = await indexState(on, name, table);
  if (found === null || found.isValid) return false;
  await on.query(`drop index concurrently ${found.name}`);
  return true;
};
