/** What the tracer reads before and after a statement, on the statement's own connection. */
export interface Snapshot {
  readonly locks: readonly (readonly [oid: number, mode: string])[];
  /** Names and files of tables, indexes and materialized views, by oid. */
  readonly relations: Readonly<Record<string, readonly [name: string, file: number]>>;
  /** This transaction's scans from end to end, rows inserted, updated and deleted, and the rows of the table now, by oid. */
  readonly counters: Readonly<Record<string, readonly [number, number, number, number]>>;
  readonly indexes: readonly (readonly [oid: number, of: number, isUnique: boolean, isValid: boolean])[];
}

/** Names are given whole, so that they mean the same whatever the path is. */
export const snapshotQuery = `
  with r as (
    select c.oid, n.nspname || '.' || c.relname as name, c.relfilenode, c.relkind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_temp'
      and c.relkind in ('r', 'p', 'i', 'I', 'm', 'v') and c.relname not like 'knex_migrations%'
  )
  select jsonb_build_object(
    'locks', (select coalesce(jsonb_agg(jsonb_build_array(l.relation::int8, l.mode)), '[]') from pg_locks l join r on r.oid = l.relation
      where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted),
    'relations', (select coalesce(jsonb_object_agg(oid, jsonb_build_array(name, relfilenode::int8)), '{}') from r),
    'counters', (select coalesce(jsonb_object_agg(oid, jsonb_build_array(
        pg_stat_get_xact_numscans(oid), pg_stat_get_xact_tuples_inserted(oid),
        pg_stat_get_xact_tuples_updated(oid), pg_stat_get_xact_tuples_deleted(oid))), '{}')
      from r where relkind in ('r', 'm')),
    'indexes', (select coalesce(jsonb_agg(jsonb_build_array(i.indexrelid::int8, i.indrelid::int8, i.indisunique, i.indisvalid)), '[]')
      from pg_index i join r on r.oid = i.indexrelid)
  ) as snapshot`;

/** Locks of another session, while a statement runs that cannot be asked from within. */
export const locksOfQuery = `
  select l.relation::int8 as oid, l.mode from pg_locks l
  where l.pid = $1 and l.locktype = 'relation' and l.granted and l.database = (select oid from pg_database where datname = current_database())`;

export interface Difference {
  readonly locks: readonly { readonly relation: string; readonly mode: string }[];
  readonly rewritten: readonly string[];
  readonly scanned: readonly string[];
  readonly written: readonly { relation: string; inserted: number; updated: number; deleted: number; of: number }[];
  readonly indexes: readonly { name: string; relation: string; isUnique: boolean; isValid: boolean }[];
}

/** What a statement did to relations from before. `rows` are those of each table before the release. Pure. */
export const differenceOf = (
  before: Snapshot,
  after: Snapshot,
  existing: ReadonlySet<number>,
  rows: ReadonlyMap<number, number>,
): Difference => {
  const nameOf = (oid: number | string) => before.relations[oid]?.[0] ?? after.relations[oid]?.[0] ?? String(oid);
  const known = (oid: number | string) => existing.has(Number(oid));
  const indexed = new Set(before.indexes.map(([oid]) => oid));
  const counted = Object.entries(after.counters).flatMap(([oid, now]) => {
    const [scans, inserted, updated, deleted] = minus(now, before.counters[oid]);
    return known(oid)
      ? [{ relation: nameOf(oid), scans, inserted, updated, deleted, of: rows.get(Number(oid)) ?? 0 }]
      : [];
  });
  return {
    locks: after.locks.flatMap(([oid, mode]) => (known(oid) ? [{ relation: nameOf(oid), mode }] : [])),
    rewritten: Object.entries(after.relations).flatMap(([oid, [, file]]) =>
      known(oid) && before.relations[oid] && before.relations[oid][1] !== file ? [nameOf(oid)] : [],
    ),
    scanned: counted.filter(({ scans }) => scans > 0).map(({ relation }) => relation),
    written: counted
      .filter(({ inserted, updated, deleted }) => inserted + updated + deleted > 0)
      .map(({ scans: _, ...written }) => written),
    indexes: after.indexes.flatMap(([oid, of, isUnique, isValid]) =>
      !indexed.has(oid) && known(of) ? [{ name: nameOf(oid), relation: nameOf(of), isUnique, isValid }] : [],
    ),
  };
};

type Counters = readonly [number, number, number, number];
const none: Counters = [0, 0, 0, 0];
const minus = (now: Counters, before: Counters = none): Counters => [
  now[0] - before[0],
  now[1] - before[1],
  now[2] - before[2],
  now[3] - before[3],
];
