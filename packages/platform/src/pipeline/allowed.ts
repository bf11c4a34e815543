import { type AllowedAction, endedStates } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Identity, Role } from '@plumbline/contract/identity';
import { routes } from '@plumbline/contract/routes';
import type { DeliveryRow } from './delivery-table.ts';

/** What the one who asks may do with a delivery now, and why not: what the routes enforce and what CLI and console show. */
export const allowedOn = (row: DeliveryRow, who: Identity, selfMayApprove: boolean): readonly AllowedAction[] => [
  { action: 'approve', command: `plumb approve ${row.id}`, ...answer(whyNoApproval(row, who, selfMayApprove)) },
  { action: 'proceed', command: `plumb proceed ${row.id}`, ...answer(whyNoProceed(row, who)) },
  { action: 'abort', command: `plumb abort ${row.id}`, ...answer(whyNoAbort(row, who)) },
];

/** Throws `not-allowed` or `conflict` with the reason that `allowedOn` shows. */
export const demand = (because: string | null, row: DeliveryRow, who: Identity): void => {
  if (because === null) return;
  const forbidden = because.includes(who.name) || because.includes('role');
  throw new Failure(forbidden ? 'not-allowed' : 'conflict', `${row.id}: ${because}`);
};

/** Why this person cannot approve the delivery now; null when they can. */
export const whyNoApproval = (row: DeliveryRow, who: Identity, selfMayApprove: boolean): string | null => {
  if (row.state !== 'awaiting-approval') return `nothing waits for an approval: it is ${row.state}`;
  const role = whyNotRole(routes.approve.roles, who);
  if (role) return role;
  if (who.name === row.askedBy && !selfMayApprove)
    return `${who.name} asked for this delivery; ask another approver, or set approvals.self: true in environments/${row.environment}.yaml`;
  return null;
};

/** Why this person cannot let the delivery go on now; null when they can. */
export const whyNoProceed = (row: DeliveryRow, who: Identity): string | null =>
  whyNotRole(routes.proceed.roles, who) ??
  (row.state === 'held' ? null : `it is not held at a step: it is ${row.state}`);

/** Why this person cannot abort the delivery now; null when they can. */
export const whyNoAbort = (row: DeliveryRow, who: Identity): string | null => {
  const role = whyNotRole(routes.abort.roles, who);
  if (role) return role;
  return endedStates.includes(row.state) ? `it has ended: ${row.state}` : null;
};

/** Why a role is not enough; null when it is. */
export const whyNotRole = (roles: readonly Role[], who: Identity): string | null =>
  roles.includes(who.role) ? null : `the role ${who.role} of ${who.name} may not; ${roles.join(' or ')} may`;

const answer = (because: string | null) => ({ allowed: because === null, because });
