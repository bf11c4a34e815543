import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { DeliveryId } from '@plumbline/contract/names';
import { demand, whyNoAbort, whyNoApproval } from './allowed.ts';
import type { AskDeps } from './ask-delivery.ts';
import { type Command, giveCommand } from './command-table.ts';
import { type DeliveryRow, deliveryById } from './delivery-table.ts';
import { say } from './progress-table.ts';

type CommandDeps = Pick<AskDeps, 'database' | 'record' | 'now'>;

/** Approves the plan whose hash is given. Throws with the reason when this person cannot, or when the plan is another by now. */
export const approve = (
  deps: CommandDeps,
  asked: { readonly delivery: DeliveryId; readonly planHash: string; readonly reason: string | null },
  who: Identity,
  selfMayApprove: boolean,
): Promise<void> =>
  command(deps, asked.delivery, who, 'approve', asked.reason, (row) => {
    demand(whyNoApproval(row, who, selfMayApprove), row, who);
    if (row.planHash !== asked.planHash)
      throw new Failure('conflict', `${row.id} has another plan by now`, {
        hint: `look at it again: plumb approve ${row.id}`,
      });
    return row.planHash;
  });

/** Asks a delivery to stop and go back. Asking twice is asking once; one that was aborted already stays so. */
export const abort = async (
  deps: CommandDeps,
  asked: { readonly delivery: DeliveryId; readonly reason: string | null },
  who: Identity,
): Promise<void> => {
  const row = await deliveryById(deps.database, asked.delivery);
  if (row.state === 'aborted') return;
  await command(deps, asked.delivery, who, 'abort', asked.reason, (now) => {
    demand(whyNoAbort(now, who), now, who);
    return null;
  });
};

const command = (
  deps: CommandDeps,
  id: DeliveryId,
  who: Identity,
  kind: Command['kind'],
  reason: string | null,
  planHashIf: (row: DeliveryRow) => string | null,
): Promise<void> =>
  deps.database.transaction(async (tx) => {
    const row = await deliveryById(tx, id);
    const planHash = planHashIf(row);
    const isNew = await giveCommand(tx, id, { kind, by: who.name, role: who.role, at: deps.now(), reason, planHash });
    if (!isNew) return;
    const what = kind === 'approve' ? 'delivery.approved' : 'delivery.abort-asked';
    await deps.record(tx, {
      who: who.name,
      what,
      subject: id,
      why: reason,
      detail: { planHash },
      key: `${id}/${kind}/${who.name}`,
    });
    await say(
      tx,
      { delivery: id, climb: row.climb, environment: row.environment },
      { kind: 'note', text: kind === 'approve' ? `${who.name} approved` : `${who.name} asked to abort` },
    );
  });
