import { sleep } from '../kernel/wait.ts';
import type { Asks } from './journal.ts';
import { firstWords } from './schema-state.ts';

/** Somebody whom a statement of ours waits for. */
export interface Blocker {
  readonly pid: number;
  readonly application: string;
  readonly state: string;
  readonly query: string;
  /** How long its transaction is open. */
  readonly openMs: number;
}

/** In words that a person can act on. */
export const blockerWords = ({ pid, application, state, query, openMs }: Blocker): string =>
  `${pid}${application ? ` (${application})` : ''} holds it since ${(openMs / 1000).toFixed(1)} s, ${state}: ${firstWords(query)}`;

export interface BlockerWatch {
  /** Who was in the way last, since it was asked last. */
  seen(): readonly Blocker[];
  stop(): Promise<void>;
}

const lookEveryMs = 200;

/** Looks, on a connection that nobody blocks, who keeps the sessions of that name waiting: once a statement has timed out, nobody can tell any more. */
export const watchBlockers = (held: Asks, applicationName: string): BlockerWatch => {
  const ending = new AbortController();
  let seen: readonly Blocker[] = [];
  const look = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await sleep(lookEveryMs, ending.signal).catch(() => undefined);
      if (ending.signal.aborted) return;
      const now = await blockersOf(held, applicationName);
      if (now.length > 0) seen = now;
    }
  };
  // A connection that is lost is met by whoever needs it.
  const looking = look().catch(() => undefined);
  return {
    seen: () => {
      const last = seen;
      seen = [];
      return last;
    },
    stop: async () => {
      ending.abort();
      await looking;
    },
  };
};

const blockersOf = async (held: Asks, applicationName: string): Promise<readonly Blocker[]> => {
  const { rows } = await held.query<Blocker>(
    `select b.pid, coalesce(b.application_name, '') as application, coalesce(b.state, 'unknown') as state, coalesce(b.query, '') as query,
       coalesce(extract(epoch from clock_timestamp() - b.xact_start), 0)::float8 * 1000 as "openMs"
     from pg_stat_activity w cross join lateral unnest(pg_blocking_pids(w.pid)) as by (pid) join pg_stat_activity b on b.pid = by.pid
     where w.datname = current_database() and w.application_name = $1 and w.wait_event_type = 'Lock' order by b.xact_start`,
    [applicationName],
  );
  return rows;
};
