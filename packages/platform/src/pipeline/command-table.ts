import { role } from '@plumbline/contract/identity';
import type { DeliveryId } from '@plumbline/contract/names';
import { z } from 'zod';
import type { Queries } from '../kernel/database.ts';
import { numberOf } from './numbers.ts';

/** approve: a plan. proceed: from the step at which it is held. abort: by a person. supersede: by a newer delivery. */
const kind = z.enum(['approve', 'proceed', 'abort', 'supersede']);

const command = z.object({
  kind,
  by: z.string(),
  role,
  at: z.number(),
  reason: z.string().nullable(),
  planHash: z.string().nullable(),
  /** Of `proceed`: the step; else empty. */
  step: z.string(),
});
export type Command = z.infer<typeof command>;

/** The channel on which a delivery is woken, with its id as the payload. */
export const commandChannel = 'plumbline_commands';

/**
 * Gives a delivery a command. The same by the same person again changes nothing, unless it was given before `anewBefore`
 * or for another plan: then it counts from now on.
 */
export const giveCommand = async (
  database: Queries,
  delivery: DeliveryId,
  { step = '', ...one }: Omit<Command, 'step'> & { readonly step?: string },
  anewBefore: number | null = null,
): Promise<'new' | 'anew' | 'known'> => {
  const [given] = await database.query(
    `insert into plumbline.commands as known (delivery, kind, by, role, at, reason, plan_hash, step) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (delivery, kind, by, step) do update
       set role = excluded.role, at = excluded.at, reason = excluded.reason, plan_hash = excluded.plan_hash
       where known.at < $9 or known.plan_hash is distinct from excluded.plan_hash
     returning xmax = 0 as "isNew"`,
    [numberOf(delivery), one.kind, one.by, one.role, one.at, one.reason, one.planHash, step, anewBefore],
    z.object({ isNew: z.boolean() }),
  );
  await database.execute('select pg_notify($1, $2)', [commandChannel, delivery]);
  if (!given) return 'known';
  return given.isNew ? 'new' : 'anew';
};

/** What a delivery was told so far, in order. */
export const commandsFor = (database: Queries, delivery: DeliveryId): Promise<readonly Command[]> =>
  database.query(
    'select kind, by, role, at, reason, plan_hash as "planHash", step from plumbline.commands where delivery = $1 order by number',
    [numberOf(delivery)],
    command,
  );
