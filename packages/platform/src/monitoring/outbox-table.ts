import type { DeliveryId, EnvironmentName } from '@plumbline/contract/names';
import { type Notice, type NoticeKind, notice } from '@plumbline/contract/notice';
import { z } from 'zod';
import type { Queries, Transaction } from '../kernel/database.ts';
import { withoutSecrets } from '../kernel/log.ts';
import { numberOf } from '../pipeline/numbers.ts';

/** What happened, in the words of whoever made it happen. */
export interface Told {
  readonly kind: NoticeKind;
  readonly environment: EnvironmentName;
  /** Null for what happens to an environment without one. */
  readonly delivery: DeliveryId | null;
  readonly who: string;
  readonly because: string | null;
  readonly at: number;
  /** Unique, made of delivery and transition: the same told again adds nothing. */
  readonly key: string;
}

/**
 * Writes down that people are to be told, if the caller's transaction commits; what the delivery is about is taken from
 * its row. Nobody waits for the sending, and it may be called again for the same.
 */
export const notify = async (tx: Transaction, told: Told): Promise<void> => {
  await tx.execute(
    `insert into plumbline.notices
       (key, kind, at, environment, delivery, who, because, delivery_kind, release, from_release, commit, subject, site)
     select $1, $2, $3, $4, d.number, $6, $7, d.kind, d.release, d.from_release, r.commit, r.subject,
       case when d.settings ->> 'target' = 'kubernetes' then 'https://' || (d.settings -> 'hosts' ->> 0) end
     from (select $5::bigint as delivery) asked
       left join plumbline.deliveries d on d.number = asked.delivery
       left join plumbline.releases r on r.id = d.release
     on conflict (key) do nothing`,
    [
      told.key,
      told.kind,
      told.at,
      told.environment,
      told.delivery && numberOf(told.delivery),
      told.who,
      told.because && withoutSecrets(told.because),
    ],
  );
};

/** The columns of a notice `n` as the contract has it. */
export const noticeColumns = `n.id, n.kind, n.at, n.environment, 'd-' || n.delivery as delivery,
  n.delivery_kind as "deliveryKind", n.release, n.from_release as "from", n.commit, n.subject, n.who, n.because, n.site`;

const numberedNotice = notice.extend({ number: z.number() });

/** Notices of which nobody knows yet to whom they go, oldest first, at most 50. */
export const noticesToRoute = (database: Queries): Promise<readonly (Notice & { readonly number: number })[]> =>
  database.query(
    `select n.number::float8 as number, ${noticeColumns} from plumbline.notices n where routed_at is null order by n.number limit 50`,
    [],
    numberedNotice,
  );

/** How long what was told is kept: 90 days. */
const keptMs = 90 * 24 * 60 * 60 * 1_000;

/** Gives a notice to its receivers, at once for each; the second of two who route it adds nothing. */
export const routeNotice = async (
  tx: Transaction,
  { number, environment }: { readonly number: number; readonly environment: EnvironmentName },
  notifiers: readonly string[],
): Promise<void> => {
  await tx.execute(
    `insert into plumbline.notifications (notice, notifier, environment, next_at)
     select $1, unnest($2::text[]), $3, ${nowMs} on conflict do nothing`,
    [number, notifiers, environment],
  );
  await tx.execute(`update plumbline.notices set routed_at = ${nowMs} where number = $1`, [number]);
  await tx.execute(`delete from plumbline.notices where at < ${nowMs} - $1`, [keptMs]);
};

/** The database's clock, which is the same for all control planes. */
export const nowMs = '(extract(epoch from clock_timestamp()) * 1000)::double precision';
