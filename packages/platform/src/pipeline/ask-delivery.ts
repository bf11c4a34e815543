import { type DeliveryKind, type Stage, stageNamesOf } from '@plumbline/contract/delivery';
import { Failure } from '@plumbline/contract/failure';
import type { Identity } from '@plumbline/contract/identity';
import type { ClimbId, DeliveryId, EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { Transaction } from '../kernel/database.ts';
import { notify } from '../monitoring/outbox-table.ts';
import { giveCommand } from './command-table.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import { type DeliveryRow, givesWay, insertDelivery, moveDelivery, movingDeliveries } from './delivery-table.ts';
import { lockEnvironment } from './environment-table.ts';
import { say } from './progress-table.ts';

export interface AskedDelivery {
  /** Asked with the same key twice, it is the same delivery. */
  readonly key: string;
  readonly kind: DeliveryKind;
  readonly environment: EnvironmentName;
  readonly release: ReleaseId;
  readonly climb: ClimbId | null;
  readonly reason: string | null;
  /** Pass freezes. */
  readonly emergency: boolean;
  /** False: refuse with `busy` rather than wait for a delivery that moves. */
  readonly wait: boolean;
}

export type AskDeps = Pick<DeliverDeps, 'database' | 'record' | 'guard' | 'now'> & {
  /** Tells that a delivery was asked for, so that its workflow is started soon. */
  startDelivery(id: DeliveryId): void;
};

/**
 * Puts a delivery into the queue of one of its environment. What waits there, for its turn or at the gates, is
 * superseded; what moves is let be, except by a way back, which aborts it.
 */
export const askDelivery = async (deps: AskDeps, asked: AskedDelivery, who: Identity): Promise<DeliveryId> => {
  const { id, isNew } = await deps.database.transaction(async (tx) => {
    await lockEnvironment(tx, asked.environment);
    const moving = (await movingDeliveries(tx, asked.environment)).filter((row) => row.key !== asked.key);
    for (const row of moving) await giveWay(deps, tx, row, asked, who);
    const inserted = await insertDelivery(tx, {
      ...asked,
      askedBy: who.name,
      askedAt: deps.now(),
      stages: pendingStages(asked.kind),
    });
    if (inserted.isNew) await announce(deps, tx, inserted.id, asked, who);
    return inserted;
  });
  if (isNew) deps.startDelivery(id);
  return id;
};

const giveWay = async (
  deps: AskDeps,
  tx: Transaction,
  row: DeliveryRow,
  asked: AskedDelivery,
  who: Identity,
): Promise<void> => {
  const because = `${who.name} asked for ${asked.release} in ${asked.environment}`;
  if (row.state === 'waiting') {
    await moveDelivery(tx, row.id, { state: 'superseded', because, at: deps.now() });
    await say(
      tx,
      { delivery: row.id, climb: row.climb, environment: row.environment },
      { kind: 'state', state: 'superseded', text: because },
    );
    return;
  }
  const kind = asked.kind === 'roll-back' ? ('abort' as const) : ('supersede' as const);
  if (givesWay(row) || kind === 'abort') {
    await giveCommand(tx, row.id, {
      kind,
      by: who.name,
      role: who.role,
      at: deps.now(),
      reason: because,
      planHash: null,
    });
    return;
  }
  if (asked.emergency && row.state === 'held')
    throw new Failure('busy', `${row.id} is held half way, and an emergency would wait behind it`, {
      hint: `plumb abort ${row.id} goes back to what was live; then ask again`,
    });
  if (!asked.wait)
    throw new Failure('busy', `${row.id} is bringing ${row.release} to ${asked.environment}`, {
      hint: `plumb watch ${row.id} shows it; without --no-wait this delivery waits for it`,
    });
};

const askedWords = {
  deliver: 'delivery.asked',
  'roll-back': 'rollback.asked',
  migrate: 'migration.asked',
  contract: 'contract.asked',
  'migrate-down': 'migration.undo-asked',
} as const satisfies Record<DeliveryKind, string>;

const announce = async (
  deps: AskDeps,
  tx: Transaction,
  id: DeliveryId,
  asked: AskedDelivery,
  who: Identity,
): Promise<void> => {
  const { environment, release, kind, reason, climb, emergency } = asked;
  await deps.record(tx, {
    who: who.name,
    what: askedWords[kind],
    subject: id,
    why: reason,
    detail: { environment, release, climb, emergency },
    key: `${id}/asked`,
  });
  if (kind === 'roll-back')
    await notify(tx, {
      kind: 'rollback',
      environment,
      delivery: id,
      who: who.name,
      because: reason,
      at: deps.now(),
      key: `${id}/rollback`,
    });
  await say(
    tx,
    { delivery: id, climb, environment },
    { kind: 'state', state: 'waiting', text: `${who.name} asked for ${release}` },
  );
};

const pendingStages = (kind: DeliveryKind): readonly Stage[] =>
  stageNamesOf(kind).map((name) => ({
    name,
    state: 'pending',
    startedAt: null,
    endedAt: null,
    expectedMs: null,
    because: null,
  }));
