import type { DeliverDeps } from './deliver-deps.ts';
import { type Held, holdDelivery } from './delivery-table.ts';
import { recordEmergency } from './emergency.ts';
import { frozenNow } from './frozen.ts';
import { freeze } from './gates/freeze.ts';
import { say } from './progress-table.ts';
import type { Underway } from './underway.ts';

/** Asks whether a freeze holds the delivery where it is, and writes down what an emergency passes. */
export const holdOf = (deps: DeliverDeps, underway: Underway): (() => Promise<{ readonly because: string } | null>) => {
  const { settings, environment, emergency } = underway;
  const recorded = new Set<string>();
  return async () => {
    if (!settings.gatesBeforeEachStep) return null;
    const frozen = await frozenNow(deps.database, environment, settings.freezes, deps.now());
    const passed = emergency ? (frozen?.freezes ?? []).filter(({ name }) => !recorded.has(name)) : [];
    if (passed.length > 0) await recordEmergency(deps, underway, passed);
    for (const { name } of passed) recorded.add(name);
    const answer = freeze.ask({ ...underway, frozen });
    return answer.kind === 'waiting' ? { because: answer.because } : null;
  };
};

/** Shows that a delivery is held, and by what; null: that it goes on. */
export const showHeld = async (
  deps: DeliverDeps,
  { id, climb, environment }: Underway,
  held: Omit<Held, 'at'> | null,
): Promise<void> =>
  deps.database.transaction(async (tx) => {
    await deps.guard(tx);
    if (!(await holdDelivery(tx, id, held && { ...held, at: deps.now() }))) return;
    const said = held === null ? { state: 'running', text: 'goes on' } : { state: 'held', text: held.because };
    await say(tx, { delivery: id, climb, environment }, { kind: 'state', ...said });
  });
