import type { DeliveryState, GateAnswer } from '@plumbline/contract/delivery';
import { patiently } from '../../kernel/patience.ts';
import { recordAccepted } from '../accepted-findings.ts';
import { type Command, commandsFor } from '../command-table.ts';
import type { DeliverDeps } from '../deliver-deps.ts';
import { deliveryById, moveDelivery, setGates } from '../delivery-table.ts';
import { recordEmergency } from '../emergency.ts';
import { gateFacts } from '../gate-facts.ts';
import { freeze } from '../gates/freeze.ts';
import { askGates } from '../gates/index.ts';
import { tellOf } from '../moving.ts';
import type { StageEnd, StageOf, Underway } from '../underway.ts';

const lookEveryMs = 1_000;

/** Asks every gate, and goes on asking while one of them waits for somebody. */
export const gates: StageOf = {
  name: 'gates',
  run: (deps, underway) => (durable) =>
    durable.step('gates', (signal) =>
      patiently(() => watchGates(deps, underway, signal), signal, tellOf(deps, underway)),
    ),
};

const watchGates = async (deps: DeliverDeps, underway: Underway, signal: AbortSignal): Promise<StageEnd> => {
  let waitsSince = deps.now();
  let told: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const [row, commands] = await Promise.all([
      deliveryById(deps.database, underway.id),
      commandsFor(deps.database, underway.id),
    ]);
    const facts = await gateFacts(deps, row, underway, commands);
    const answers = askGates(facts);
    if (isHeld(answers)) waitsSince = deps.now();
    const end = nextOfGates(answers, commands, deps.now() - waitsSince, underway.settings.approvals.expiresMs);
    await show(deps, underway, answers, end === undefined);
    if (end?.kind === 'done' && facts.frozen && facts.emergency)
      await recordEmergency(deps, underway, facts.frozen.freezes);
    if (end?.kind === 'done') await recordAccepted(deps, underway);
    if (end) return end;
    const waitsFor = waitingWords(answers);
    if (waitsFor !== null && waitsFor !== told) await tellOf(deps, underway)(`waiting: ${waitsFor}`);
    told = waitsFor ?? undefined;
    await deps.woken(underway.id, lookEveryMs, signal);
  }
};

/** A freeze is nobody's delay: the time in which people have to approve is counted from its end. */
const isHeld = (answers: readonly GateAnswer[]): boolean =>
  answers.some(({ gate, kind }) => gate === freeze.name && kind === 'waiting');

const waitingWords = (answers: readonly GateAnswer[]): string | null => {
  const waiting = answers.filter(({ kind }) => kind === 'waiting');
  return waiting.length === 0 ? null : waiting.map(({ because }) => because).join('; and ');
};

/** What the gates' answers and the commands come to; undefined is to wait on. Pure. */
export const nextOfGates = (
  answers: readonly GateAnswer[],
  commands: readonly Command[],
  waitedMs: number,
  expiresMs: number,
): StageEnd | undefined => {
  const stop = stopAsked(commands);
  if (stop) return stop;
  const shut = answers.filter((answer) => answer.kind === 'closed');
  if (shut.length > 0) return { kind: 'failed', because: shut.map(({ because }) => because).join('; ') };
  if (answers.every((answer) => answer.open))
    return { kind: 'done', because: answers.map(({ gate }) => gate).join(', ') };
  return waitedMs > expiresMs
    ? { kind: 'failed', because: `nobody approved within ${Math.round(expiresMs / 3_600_000)} h` }
    : undefined;
};

/** Before anything has moved, a newer delivery and a person alike end it; abort comes first. */
export const stopAsked = (commands: readonly Command[]): StageEnd | undefined => {
  const abort = commands.find((one) => one.kind === 'abort');
  if (abort) return { kind: 'aborted', because: `aborted by ${abort.by}: ${abort.reason ?? 'no reason given'}` };
  const newer = commands.find((one) => one.kind === 'supersede');
  return newer && { kind: 'superseded', because: newer.reason ?? 'a newer delivery was asked for' };
};

/** Held when only time can open what waits; else a person is needed. */
const stateOf = (answers: readonly GateAnswer[]): DeliveryState =>
  answers.every(({ gate, kind }) => kind !== 'waiting' || gate === freeze.name) ? 'held' : 'awaiting-approval';

const show = async (
  deps: DeliverDeps,
  { id }: Underway,
  answers: readonly GateAnswer[],
  waits: boolean,
): Promise<void> => {
  const state = waits ? stateOf(answers) : 'running';
  await deps.database.transaction(async (tx) => {
    await setGates(tx, id, answers);
    await moveDelivery(tx, id, { state, because: waitingWords(answers), at: deps.now() });
  });
};
