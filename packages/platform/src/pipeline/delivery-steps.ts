import { movesTraffic, type Stage, type StageName } from '@plumbline/contract/delivery';
import type { DeliveryId, EnvironmentName } from '@plumbline/contract/names';
import type { Transaction } from '../kernel/database.ts';
import { notify } from '../monitoring/outbox-table.ts';
import { commandChannel } from './command-table.ts';
import type { DeliveryEnd } from './deliver.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import { deliveryById, moveDelivery, setStages } from './delivery-table.ts';
import { nameLive, releaseEnvironment } from './environment-table.ts';
import { say } from './progress-table.ts';
import { markVerified } from './release-table.ts';
import type { StageEnd, Underway } from './underway.ts';

/** Shows that a stage has begun. */
export const beginStage = (deps: DeliverDeps, underway: Underway, name: StageName): Promise<void> =>
  changeStage(
    deps,
    underway,
    name,
    (stage) => ({ ...stage, state: 'running', startedAt: stage.startedAt ?? deps.now() }),
    'begins',
  );

/** Shows how a stage ended, and keeps it for the expectation of later deliveries. */
export const endStage = (deps: DeliverDeps, underway: Underway, name: StageName, end: StageEnd): Promise<void> => {
  const state = end.kind === 'done' || end.kind === 'skipped' ? end.kind : 'failed';
  return changeStage(
    deps,
    underway,
    name,
    (stage) => ({ ...stage, state, because: end.because, endedAt: deps.now() }),
    end.because,
    async (tx) => (name === 'gates' && state === 'done' ? tellStarted(tx, underway, deps.now()) : undefined),
  );
};

/** From its open gates on it changes the environment. */
const tellStarted = (tx: Transaction, { id, environment, askedBy }: Underway, at: number): Promise<void> =>
  notify(tx, {
    kind: 'started',
    environment,
    delivery: id,
    who: askedBy,
    because: null,
    at,
    key: `${id}/started`,
  });

/** The one end of every delivery: state, what is live, the audit, and the environment free for the next, all in one transaction. */
export const endDelivery = async (
  deps: DeliverDeps,
  id: DeliveryId,
  underway: Underway | null,
  end: DeliveryEnd,
): Promise<void> => {
  const at = deps.now();
  await deps.database.transaction(async (tx) => {
    await deps.guard(tx);
    const row = await deliveryById(tx, id);
    await moveDelivery(tx, id, { state: end.kind, because: end.because, at });
    if (end.kind === 'succeeded' && underway && movesTraffic(underway.kind)) {
      await nameLive(tx, underway.environment, {
        release: underway.release.id,
        at,
        settings: underway.settings.digest,
      });
      await markVerified(tx, underway.release.id, underway.environment, at);
    }
    await deps.record(tx, {
      who: row.askedBy,
      what: `delivery.${end.kind}`,
      subject: id,
      why: end.because,
      detail: { environment: row.environment, release: row.release, from: row.from },
      key: `${id}/ended`,
    });
    await freeEnvironment(tx, row.environment, id);
    await say(
      tx,
      { delivery: id, climb: row.climb, environment: row.environment },
      { kind: 'state', state: end.kind, text: end.because },
    );
  });
};

/** Lets go of the environment, and wakes whoever waits for it. */
export const freeEnvironment = async (tx: Transaction, environment: EnvironmentName, id: DeliveryId): Promise<void> => {
  await releaseEnvironment(tx, environment, id);
  await tx.execute('select pg_notify($1, $2)', [commandChannel, environment]);
};

const changeStage = (
  deps: DeliverDeps,
  { id, climb, environment }: Underway,
  name: StageName,
  change: (stage: Stage) => Stage,
  text: string,
  alongside: (tx: Transaction) => Promise<void> = async () => undefined,
): Promise<void> =>
  deps.database.transaction(async (tx) => {
    await deps.guard(tx);
    const { stages } = await deliveryById(tx, id);
    const changed = stages.map((stage) => (stage.name === name ? change(stage) : stage));
    await setStages(tx, id, changed);
    const state = changed.find((stage) => stage.name === name)?.state ?? null;
    await say(tx, { delivery: id, climb, environment }, { kind: 'stage', stage: name, state, text });
    await alongside(tx);
  });
