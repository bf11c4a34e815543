import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { DeliveryId } from '@plumbline/contract/names';
import { demand, whyNoAbort, whyNoApproval, whyNoProceed } from './allowed.ts';
import type { AskDeps } from './ask-delivery.ts';
import { giveCommand } from './command-table.ts';
import { type DeliveryRow, deliveryById } from './delivery-table.ts';
import { say } from './progress-table.ts';

type CommandDeps = Pick<AskDeps, 'database' | 'record' | 'now'>;

export interface ApprovalRules {
  /** Whether the one who asked for the delivery may approve it. */
  readonly self: boolean;
  /** How long an approval counts. */
  readonly expiresMs: number;
}

/** Approves the plan whose hash is given, once more when the same person's approval has expired. Throws with the reason when this person cannot, or when the plan is another by now. */
export const approve = (
  deps: CommandDeps,
  asked: { readonly delivery: DeliveryId; readonly planHash: string; readonly reason: string | null },
  who: Identity,
  { self, expiresMs }: ApprovalRules,
): Promise<void> =>
  command(deps, asked, who, 'approve', (row) => {
    demand(whyNoApproval(row, who, self), row, who);
    if (row.planHash !== asked.planHash)
      throw new Failure('conflict', `${row.id} has another plan by now`, {
        hint: `look at it again: plumb approve ${row.id}`,
      });
    return { planHash: row.planHash, anewBefore: deps.now() - expiresMs };
  });

/** Lets a delivery go on from the step at which it is held. Throws with the reason when this person cannot. */
export const proceed = (
  deps: CommandDeps,
  asked: { readonly delivery: DeliveryId; readonly reason: string | null },
  who: Identity,
): Promise<void> =>
  command(deps, asked, who, 'proceed', (row) => {
    demand(whyNoProceed(row, who), row, who);
    return { step: row.heldAt ?? '' };
  });

/** Asks a delivery to stop and go back. Asking twice is asking once; one that was aborted already stays so. */
export const abort = async (
  deps: CommandDeps,
  asked: { readonly delivery: DeliveryId; readonly reason: string | null },
  who: Identity,
): Promise<void> => {
  const row = await deliveryById(deps.database, asked.delivery);
  if (row.state === 'aborted') return;
  await command(deps, asked, who, 'abort', (now) => {
    demand(whyNoAbort(now, who), now, who);
    return {};
  });
};

/** What is written down of each: the audit's word, and the sentence for whoever watches. */
const words = {
  approve: { what: 'delivery.approved', said: 'approved' },
  proceed: { what: 'delivery.let-go-on', said: 'let it go on' },
  abort: { what: 'delivery.abort-asked', said: 'asked to abort' },
} as const;

/** What a command is about, beside the delivery. */
interface Bound {
  readonly planHash?: string | null;
  readonly step?: string;
  /** The same command that the same person gave before this moment counts no more. */
  readonly anewBefore?: number;
}

const command = (
  deps: CommandDeps,
  { delivery: id, reason }: { readonly delivery: DeliveryId; readonly reason: string | null },
  who: Identity,
  kind: keyof typeof words,
  boundTo: (row: DeliveryRow) => Bound,
): Promise<void> =>
  deps.database.transaction(async (tx) => {
    const row = await deliveryById(tx, id);
    const { planHash = null, step = '', anewBefore = null } = boundTo(row);
    const at = deps.now();
    const order = { kind, by: who.name, role: who.role, at, reason, planHash, step };
    const given = await giveCommand(tx, id, order, anewBefore);
    if (given === 'known') return;
    const { what, said } = words[kind];
    await deps.record(tx, {
      who: who.name,
      what,
      subject: id,
      why: reason,
      detail: { planHash, ...(step ? { step } : {}) },
      key: [id, kind, who.name, ...(step ? [step] : []), ...(given === 'anew' ? [at] : [])].join('/'),
    });
    await say(
      tx,
      { delivery: id, climb: row.climb, environment: row.environment },
      { kind: 'note', text: `${who.name} ${said}${step ? ` from ${step}` : ''}` },
    );
  });
