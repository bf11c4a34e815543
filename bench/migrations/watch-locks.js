// @ts-check
import pg from 'pg';

const migrationName = 'the migration';

/** @typedef {{ readonly statement: string, readonly waitedMs: number, readonly heldBy: string }} Wait */

/**
 * Samples who waits for a lock of the migration's and for how long; PostgreSQL's own word, so that a busy machine counts as
 * little as it can.
 * @param {string} url as superuser
 */
export const watchLocks = async (url) => {
  const client = new pg.Client({ connectionString: url, application_name: 'observer' });
  client.on('error', () => undefined);
  await client.connect();
  /** @type {Map<string, Wait>} */
  const waits = new Map();
  /** @type {Map<string, { mode: string, relation: string }>} */
  const locks = new Map();
  let stopping = false;
  const watching = (async () => {
    while (!stopping) {
      for (const { statement, waited, held } of (await client.query(waitingQuery)).rows)
        if (waited > (waits.get(statement)?.waitedMs ?? 0))
          waits.set(statement, { statement, waitedMs: Math.round(waited), heldBy: held });
      for (const lock of (await client.query(locksQuery)).rows) locks.set(`${lock.relation} ${lock.mode}`, lock);
    }
  })();
  return {
    stop: async () => {
      stopping = true;
      await watching;
      await client.end();
      return { waits: [...waits.values()].sort((a, b) => b.waitedMs - a.waitedMs), locks: [...locks.values()] };
    },
  };
};

const migration = `(select pid from pg_stat_activity where application_name = '${migrationName}' and datname = current_database())`;

// Behind the migration also means behind whoever queues behind it.
const waitingQuery = `
  select w.query as statement, extract(epoch from clock_timestamp() - l.waitstart) * 1000 as waited,
    coalesce((select string_agg(distinct case when h.locktype = 'relation' then h.mode || ' on ' || h.relation::regclass end, ', ')
      from pg_locks h where h.pid in ${migration} and h.granted
        and ((l.locktype = 'relation' and h.relation = l.relation) or (h.locktype = 'transactionid' and l.locktype = 'transactionid' and h.transactionid = l.transactionid))), 'row locks') as held
  from pg_locks l join pg_stat_activity w on w.pid = l.pid
  where not l.granted and l.waitstart is not null and w.application_name = 'old release' and w.datname = current_database()
    and exists (select from ${migration} m where m.pid = any (pg_blocking_pids(l.pid))
      or exists (select from unnest(pg_blocking_pids(l.pid)) b where m.pid = any (pg_blocking_pids(b))))`;

const locksQuery = `
  select c.relname as relation, l.mode from pg_locks l join pg_class c on c.oid = l.relation
  where l.pid in ${migration} and l.granted and l.locktype = 'relation' and c.relkind in ('r', 'p', 'm') and c.oid > 16383
    and c.relname not like 'knex%' and l.mode not in ('AccessShareLock', 'RowShareLock')`;
