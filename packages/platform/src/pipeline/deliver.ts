import { type DeliveryState, movesTraffic } from '@plumbline/contract/delivery';
import type { DeliveryId } from '@plumbline/contract/names';
import type { Shape } from '@plumbline/contract/shape';
import type { Durable } from '../kernel/durable.ts';
import { patiently, refusalOf } from '../kernel/patience.ts';
import { goBack } from '../rollout/roll-out.ts';
import type { Judging } from '../rollout/watch.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import { beginStage, endDelivery, endStage } from './delivery-steps.ts';
import { moveDelivery } from './delivery-table.ts';
import { walkDeps } from './moving.ts';
import { type Prepared, prepare } from './prepare.ts';
import { stagesOf } from './stages/index.ts';
import { takeTurn } from './take-turn.ts';
import type { StageEnd, StageOf, Underway } from './underway.ts';
import { untilFree } from './until-free.ts';

/**
 * Brings a release to an environment: waits for its turn, plans, then goes through the stages. When one of them fails the
 * traffic goes back to what was live, and the environment is free again whatever the end.
 */
export const deliver =
  (deps: DeliverDeps) =>
  async (durable: Durable, { id }: { readonly id: DeliveryId }): Promise<void> => {
    const quiet = () => undefined;
    const turn = await durable.step('take the environment', (signal) =>
      patiently(() => takeTurn(deps, id, signal), signal, quiet),
    );
    if (turn.kind === 'ended') return;
    const prepared = await durable.step<Prepared>('plan', (signal) =>
      patiently(() => prepare(deps, id, signal), signal, quiet),
    );
    const end = prepared.kind === 'failed' ? prepared : await throughStages(deps, durable, prepared.underway);
    await durable.step('end', (signal) =>
      patiently(() => endDelivery(deps, id, prepared.kind === 'failed' ? null : prepared.underway, end), signal, quiet),
    );
  };

/** How a delivery ended, in the words of its state. */
export interface DeliveryEnd {
  readonly kind: Extract<DeliveryState, 'succeeded' | 'failed' | 'aborted' | 'superseded' | 'stuck'>;
  readonly because: string;
}

const throughStages = async (deps: DeliverDeps, durable: Durable, underway: Underway): Promise<DeliveryEnd> => {
  let present: Shape | null = null;
  let judging: Judging | null = null;
  for (const stage of stagesOf(underway.kind)) {
    const end: StageEnd = await runStage(deps, durable, underway, stage, judging);
    present = end.present ?? present;
    judging = end.judging ?? judging;
    if (end.kind !== 'done' && end.kind !== 'skipped')
      return undo(deps, durable, underway, present, { kind: end.kind, because: `${stage.name}: ${end.because}` });
  }
  const { kind, release, environment, pending } = underway;
  if (movesTraffic(kind)) return { kind: 'succeeded', because: `${release.id} is live in ${environment}` };
  const done = kind === 'migrate-down' ? 'undid' : 'applied';
  return {
    kind: 'succeeded',
    because: pending.length === 0 ? 'the schema is up to date' : `${done} ${pending.join(', ')}`,
  };
};

const runStage = async (
  deps: DeliverDeps,
  durable: Durable,
  underway: Underway,
  stage: StageOf,
  judging: Judging | null,
): Promise<StageEnd> => {
  const stop = await durable.step(`begin ${stage.name}`, (signal) =>
    patiently(
      () => begin(deps, underway, stage, signal),
      signal,
      () => undefined,
    ),
  );
  const end = stop ?? (await orFailed(() => stage.run(deps, underway, judging)(durable)));
  await durable.step(`end ${stage.name}`, (signal) =>
    patiently(
      () => endStage(deps, underway, stage.name, end),
      signal,
      () => undefined,
    ),
  );
  return end;
};

/** A command or a freeze that came between two stages is heeded before the next one does anything. */
const begin = async (
  deps: DeliverDeps,
  underway: Underway,
  stage: StageOf,
  signal: AbortSignal,
): Promise<StageEnd | null> => {
  await beginStage(deps, underway, stage.name);
  return untilFree(deps, underway, stage.name, signal);
};

/** What a step says cannot be done ends the stage. */
const orFailed = async (run: () => Promise<StageEnd>): Promise<StageEnd> => {
  try {
    return await run();
  } catch (error) {
    return { kind: 'failed', because: refusalOf(error) };
  }
};

const undo = async (
  deps: DeliverDeps,
  durable: Durable,
  underway: Underway,
  present: Shape | null,
  end: DeliveryEnd,
): Promise<DeliveryEnd> => {
  if (present === null) return end;
  await durable.step('go back', (signal) =>
    patiently(
      () =>
        deps.database.transaction((tx) =>
          moveDelivery(tx, underway.id, { state: 'going-back', because: end.because, at: deps.now() }),
        ),
      signal,
      () => undefined,
    ),
  );
  const stuck = await goBack(walkDeps(deps, underway))(durable, underway.order, present, underway);
  return stuck === null
    ? end
    : { kind: 'stuck', because: `${end.because}; and going back did not come to its end: ${stuck}` };
};
