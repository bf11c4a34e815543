import pg from 'pg';
import { sleep } from '../kernel/wait.ts';

/** "plumb" in a place of PostgreSQL's where nobody else's keys are likely to be. */
const lockKey = [0x706c756d, 0x62] as const;

/** How sessions that run a migration's statements are told from all others. */
export const statementsName = 'plumbline-migrate';

/** Options of every connection that runs a migration's statements. */
export const statementOptions = async (
  held: pg.Client,
  timeouts: { readonly lockTimeoutMs: number; readonly statementTimeoutMs: number },
): Promise<string> => {
  const { rows } = await held.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  );
  return [
    `lock_timeout=${timeouts.lockTimeoutMs}`,
    `statement_timeout=${timeouts.statementTimeoutMs}`,
    `idle_in_transaction_session_timeout=${timeouts.statementTimeoutMs}`,
    // A killed runner's statement would go on for as long as it takes. Before 14 there is no such setting.
    ...((rows[0]?.version ?? 0) >= 140_000 ? ['client_connection_check_interval=1000'] : []),
    `application_name=${statementsName}`,
  ]
    .map((setting) => `-c ${setting}`)
    .join(' ');
};

/** A connection of its own for statements of a migration. */
export const connectTo = async (databaseUrl: string, options: string): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: databaseUrl,
    options,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // A connection that breaks is told by the query that it breaks.
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/**
 * Holds the database for one runner, on a session of its own: PostgreSQL itself lets go when the session ends. A runner
 * that was killed may have left a statement running; it is ended first.
 */
export const withRunnerLock = async <T>(
  databaseUrl: string,
  onWaiting: (because: string) => void,
  work: (held: pg.Client) => Promise<T>,
): Promise<T> => {
  const held = new pg.Client({
    connectionString: databaseUrl,
    application_name: `${statementsName}-lock`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  let lost: Error | undefined;
  held.on('error', (error) => {
    lost = error;
  });
  await held.connect();
  try {
    await takeLock(held, onWaiting);
    await endLeftStatements(held, onWaiting);
    const result = await work(held);
    if (lost) throw lost;
    return result;
  } finally {
    await held.end();
  }
};

const takeLock = async (held: pg.Client, onWaiting: (because: string) => void): Promise<void> => {
  for (let tries = 0; ; tries++) {
    const { rows } = await held.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [...lockKey]);
    if (rows[0]?.taken) return;
    if (tries === 0) onWaiting('another runner migrates this database');
    await sleep(200);
  }
};

const endLeftStatements = async (held: pg.Client, onWaiting: (because: string) => void): Promise<void> => {
  for (let tries = 0; ; tries++) {
    const { rowCount } = await held.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = $1 and pid <> pg_backend_pid()`,
      [statementsName],
    );
    if (rowCount === 0) return;
    if (tries === 0) onWaiting('a statement of a runner that was killed is being ended');
    await sleep(100);
  }
};
