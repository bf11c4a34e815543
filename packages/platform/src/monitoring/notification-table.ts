import { type Notice, type Notification, notice, notification } from '@plumbline/contract/notice';
import { z } from 'zod';
import type { Queries, Transaction } from '../kernel/database.ts';
import { noticeColumns, nowMs } from './outbox-table.ts';

const claimed = z.object({ number: z.number(), notifier: z.string(), attempts: z.int(), notice });
/** A notification that this control plane alone sends, for as long as it was claimed. */
export interface Claimed {
  readonly number: number;
  readonly notifier: string;
  /** Which attempt this is, from 1. It is the claim's number as well: whoever claims later has a higher one. */
  readonly attempts: number;
  readonly notice: Notice;
}

/**
 * Claims what is due, at most `limit`: of each notifier and environment the oldest that waits, so that messages arrive in
 * the order of what happened and a dead receiver delays its own alone. Of two who claim at once, one gets it.
 */
export const claimDue = async (
  tx: Transaction,
  claim: { readonly by: string; readonly forMs: number; readonly limit: number },
): Promise<readonly Claimed[]> =>
  tx.query(
    `with heads as (
       select distinct on (notifier, environment) notice, notifier from plumbline.notifications
       where state = 'waiting' order by notifier, environment, notice),
     due as (
       select c.notice, c.notifier from plumbline.notifications c join heads using (notice, notifier)
       where c.next_at <= ${nowMs} and c.claimed_until < ${nowMs} order by c.next_at limit $3
       for update of c skip locked)
     update plumbline.notifications c
       set attempts = c.attempts + 1, claimed_by = $1, claimed_until = ${nowMs} + $2
       from due, plumbline.notices n
       where c.notice = due.notice and c.notifier = due.notifier and n.number = c.notice and c.state = 'waiting'
       returning n.number::float8 as number, c.notifier, c.attempts, ${noticeJson} as notice`,
    [claim.by, claim.forMs, claim.limit],
    claimed,
  );

/** How an attempt ended. */
export type Attempt =
  | { readonly kind: 'sent' | 'failed'; readonly because: string }
  | { readonly kind: 'again'; readonly because: string; readonly afterMs: number };

/** Writes down how an attempt ended, unless somebody else has claimed it since; answers whether it counted. */
export const endAttempt = async (database: Queries, one: Claimed, end: Attempt): Promise<boolean> => {
  const again = end.kind === 'again';
  const changed = await database.execute(
    `update plumbline.notifications set state = $4, because = $5, claimed_by = null, claimed_until = 0,
       next_at = ${nowMs} + $6, ended_at = case when $7 then null else ${nowMs} end
     where notice = $1 and notifier = $2 and attempts = $3 and state = 'waiting'`,
    [one.number, one.notifier, one.attempts, again ? 'waiting' : end.kind, end.because, again ? end.afterMs : 0, again],
  );
  return changed === 1;
};

/** Notifications, newest first. */
export const notificationsOf = (
  database: Queries,
  of: { readonly failed: boolean; readonly limit: number },
): Promise<readonly Notification[]> =>
  database.query(
    `select ${noticeJson} as notice, c.notifier, c.state, c.attempts, c.because,
       case when c.state = 'waiting' then c.next_at end as "nextAt", c.ended_at as "endedAt"
     from plumbline.notifications c join plumbline.notices n on n.number = c.notice
     where not $1 or c.state = 'failed' order by c.notice desc, c.notifier limit $2`,
    [of.failed, of.limit],
    notification,
  );

export interface Trouble {
  readonly notifier: string;
  readonly failed: number;
  /** Those that wait after an attempt that did not succeed. */
  readonly waiting: number;
  readonly because: string;
}

/** What of the last day could not be sent, or not yet, by notifier. */
export const troubledNotifiers = (database: Queries): Promise<readonly Trouble[]> =>
  database.query(
    `select notifier, count(*) filter (where c.state = 'failed')::int as failed,
       count(*) filter (where c.state = 'waiting')::int as waiting,
       (array_agg(c.because order by c.notice desc))[1] as because
     from plumbline.notifications c join plumbline.notices n on n.number = c.notice
     where n.at > ${nowMs} - 86400000 and c.because is not null and c.state <> 'sent' group by notifier order by notifier`,
    [],
    z.object({ notifier: z.string(), failed: z.int(), waiting: z.int(), because: z.string() }),
  );

/** A notice as JSON, since it stands beside columns of the same names. */
const noticeJson = `(select to_jsonb(told) from (select ${noticeColumns}) told)`;
