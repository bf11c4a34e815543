import { role } from '@plumbline/contract/identity';
import type { DeliveryId } from '@plumbline/contract/names';
import { z } from 'zod';
import type { Queries } from '../kernel/database.ts';
import { numberOf } from './numbers.ts';

/** approve: a plan. abort: by a person. supersede: by a newer delivery to the same environment. */
const kind = z.enum(['approve', 'abort', 'supersede']);

const command = z.object({
  kind,
  by: z.string(),
  role,
  at: z.number(),
  reason: z.string().nullable(),
  planHash: z.string().nullable(),
});
export type Command = z.infer<typeof command>;

/** The channel on which a delivery is woken, with its id as the payload. */
export const commandChannel = 'plumbline_commands';

/** Gives a delivery a command; the same by the same person again changes nothing. Answers whether it is new. */
export const giveCommand = async (database: Queries, delivery: DeliveryId, one: Command): Promise<boolean> => {
  const inserted = await database.query(
    `insert into plumbline.commands (delivery, kind, by, role, at, reason, plan_hash) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (delivery, kind, by) do nothing returning number`,
    [numberOf(delivery), one.kind, one.by, one.role, one.at, one.reason, one.planHash],
    z.object({ number: z.coerce.number() }),
  );
  await database.execute('select pg_notify($1, $2)', [commandChannel, delivery]);
  return inserted.length === 1;
};

/** What a delivery was told so far, in order. */
export const commandsFor = (database: Queries, delivery: DeliveryId): Promise<readonly Command[]> =>
  database.query(
    'select kind, by, role, at, reason, plan_hash as "planHash" from plumbline.commands where delivery = $1 order by number',
    [numberOf(delivery)],
    command,
  );
