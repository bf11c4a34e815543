import type { StageName } from '@plumbline/contract/delivery';
import { commandsFor } from './command-table.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import { holdOf, showHeld } from './hold.ts';
import { stopAsked } from './stages/gates.ts';
import type { StageEnd, Underway } from './underway.ts';

const lookEveryMs = 1_000;

/** Stages that change what visitors or the database get: those that a freeze keeps from beginning. */
const moving: readonly StageName[] = ['migrations', 'rollout', 'record'];

/** Waits before a stage while a freeze holds it; answers the abort that came meanwhile, which is heeded before any stage. */
export const untilFree = async (
  deps: DeliverDeps,
  underway: Underway,
  stage: StageName,
  signal: AbortSignal,
): Promise<StageEnd | null> => {
  const hold = moving.includes(stage) ? holdOf(deps, underway) : async () => null;
  for (;;) {
    signal.throwIfAborted();
    const commands = await commandsFor(deps.database, underway.id);
    const stop = stopAsked(commands.filter((one) => one.kind === 'abort'));
    if (stop) return stop;
    const held = await hold();
    await showHeld(deps, underway, held && { because: held.because, heldAt: null });
    if (held === null) return null;
    await deps.woken(underway.id, lookEveryMs, signal);
  }
};
