import { endedStates } from '@plumbline/contract/delivery';
import type { DeliveryId } from '@plumbline/contract/names';
import { commandsFor } from './command-table.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import { freeEnvironment } from './delivery-steps.ts';
import { deliveryById, moveDelivery } from './delivery-table.ts';
import { takeEnvironment } from './environment-table.ts';
import { stopAsked } from './stages/gates.ts';

const lookEveryMs = 1_000;

/** Waits until the environment is free and takes it; `ended` when the delivery was stopped while it waited. */
export const takeTurn = async (
  deps: DeliverDeps,
  id: DeliveryId,
  signal: AbortSignal,
): Promise<{ readonly kind: 'taken' | 'ended' }> => {
  for (;;) {
    signal.throwIfAborted();
    const turn = await tryTurn(deps, id);
    if (turn !== undefined) return { kind: turn };
    await deps.woken(id, lookEveryMs, signal);
  }
};

const tryTurn = (deps: DeliverDeps, id: DeliveryId): Promise<'taken' | 'ended' | undefined> =>
  deps.database.transaction(async (tx) => {
    await deps.guard(tx);
    const row = await deliveryById(tx, id);
    if (endedStates.includes(row.state)) return 'ended';
    const stop = stopAsked(await commandsFor(tx, id));
    if (stop && stop.kind !== 'done' && stop.kind !== 'skipped') {
      await moveDelivery(tx, id, { state: stop.kind, because: stop.because, at: deps.now() });
      await freeEnvironment(tx, row.environment, id);
      return 'ended';
    }
    if (!(await takeEnvironment(tx, row.environment, id))) return undefined;
    await moveDelivery(tx, id, { state: 'running', because: null, at: deps.now() });
    return 'taken';
  });
