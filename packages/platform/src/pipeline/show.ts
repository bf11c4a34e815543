import type { Climb, Delivery } from '@plumbline/contract/delivery';
import type { Identity } from '@plumbline/contract/identity';
import type { DeliveryId } from '@plumbline/contract/names';
import { z } from 'zod';
import type { Queries } from '../kernel/database.ts';
import { allowedOn } from './allowed.ts';
import type { ClimbRow } from './climb-table.ts';
import { commandsFor } from './command-table.ts';
import type { ApprovalRules } from './commands.ts';
import type { DeliveryRow } from './delivery-table.ts';
import { numberOf } from './numbers.ts';

/** A delivery as the one who asks sees it: with its approvals, and with what they may do. */
export const showDelivery = async (database: Queries, row: DeliveryRow, who: Identity): Promise<Delivery> => {
  const commands = await commandsFor(database, row.id);
  const { key: _, ...shown } = row;
  const approvals = commands.filter((one) => one.kind === 'approve' && one.planHash === row.planHash);
  return {
    ...shown,
    approvals: approvals.map(({ by, at }) => ({ by, at })),
    actions: [...allowedOn(row, who, (await approvalRulesOf(database, row.id)).self)],
  };
};

/** A climb as everybody sees it. */
export const showClimb = ({ reason: _, ...shown }: ClimbRow): Climb => shown;

/** What the settings that a delivery was planned with say of its approvals; before there is a plan, nothing waits for one. */
export const approvalRulesOf = async (database: Queries, id: DeliveryId): Promise<ApprovalRules> => {
  const [row] = await database.query(
    `select coalesce((settings -> 'approvals' ->> 'self')::boolean, false) as self,
       coalesce((settings -> 'approvals' ->> 'expiresMs')::float8, 0) as "expiresMs"
     from plumbline.deliveries where number = $1`,
    [numberOf(id)],
    z.object({ self: z.boolean(), expiresMs: z.number() }),
  );
  return row ?? { self: false, expiresMs: 0 };
};
