import pg from 'pg';
import { asFailure } from '../kernel/database-errors.ts';
import { foreignSchemas } from './foreign-schemas.ts';
import { schemaParts } from './schema-ddl.ts';

/** A schema without its data, as statements that make it anew, and how many rows its tables have. */
export interface SchemaCopy {
  readonly statements: readonly string[];
  /** PostgreSQL's own estimate (pg_class.reltuples), by "schema.table"; a table that it never looked at counts its pages. */
  readonly rows: ReadonlyMap<string, number>;
}

/** Reads a database's schema in one read-only transaction. Throws `database-unreachable`. */
export const readSchema = async (databaseUrl: string): Promise<SchemaCopy> => {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'plumbline-shadow',
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  });
  // A connection that breaks is told by the query that it breaks.
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Names come out qualified when nothing is on the path.
    await client.query("begin isolation level repeatable read read only; set local search_path = ''");
    const statements: string[] = [];
    for (const { query } of schemaParts) {
      const { rows } = await client.query<{ ddl: string | null }>(query);
      statements.push(...rows.flatMap(({ ddl }) => (ddl === null ? [] : [ddl])));
    }
    const rows = await rowsOf(client);
    await client.query('commit');
    return { statements, rows };
  } catch (error) {
    throw asFailure(error, databaseUrl);
  } finally {
    await client.end();
  }
};

/** Rows of each table, by "schema.table". */
const rowsOf = async (client: pg.Client): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await client.query<{ name: string; rows: number }>(`
    select n.nspname || '.' || c.relname as name,
      case when c.reltuples >= 0 then greatest(c.reltuples, coalesce(s.n_live_tup, 0))
        else greatest(coalesce(s.n_live_tup, 0), pg_relation_size(c.oid) / 100) end::float8 as rows
    from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_stat_all_tables s on s.relid = c.oid
    where c.relkind in ('r', 'p', 'm') and n.nspname not in ${foreignSchemas}`);
  return new Map(rows.map(({ name, rows: count }) => [name, Math.round(count)]));
};

/**
 * Makes a schema in an empty database; answers what could not be made, with PostgreSQL's reason. A statement may need one
 * that comes later (a default its function, a function its table), so what failed is tried again until a round helps nothing.
 */
export const makeSchema = async (databaseUrl: string, statements: readonly string[]): Promise<readonly string[]> => {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'plumbline-shadow' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query("set check_function_bodies = off; set search_path = ''");
    let left = statements;
    for (;;) {
      const failed: { readonly sql: string; readonly because: string }[] = [];
      for (const sql of left) {
        const because = await refusalOf(client, sql);
        if (because !== null) failed.push({ sql, because });
      }
      if (failed.length === left.length || failed.length === 0)
        return failed.map(({ sql, because }) => `${sql.slice(0, 120)}: ${because}`);
      left = failed.map(({ sql }) => sql);
    }
  } finally {
    await client.end();
  }
};

/** What exists already (the schema public, a role of the whole server) is made. */
const alreadyThere = new Set(['42710', '42P06', '42P07']);

const refusalOf = async (client: pg.Client, sql: string): Promise<string | null> => {
  try {
    await client.query(sql);
    return null;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return alreadyThere.has(error.code ?? '') ? null : error.message;
    throw error;
  }
};
