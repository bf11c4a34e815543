import type { GateAnswer } from '@plumbline/contract/delivery';
import { patiently } from '../../kernel/patience.ts';
import { type Command, commandsFor } from '../command-table.ts';
import type { DeliverDeps } from '../deliver-deps.ts';
import { deliveryById, moveDelivery, setGates } from '../delivery-table.ts';
import { environmentOf } from '../environment-table.ts';
import type { GateFacts } from '../gates/gate.ts';
import { askGates } from '../gates/index.ts';
import { tellOf } from '../moving.ts';
import { releaseOf } from '../release-table.ts';
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
  const waitsSince = deps.now();
  let told: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const commands = await commandsFor(deps.database, underway.id);
    const answers = askGates(await factsOf(deps, underway, commands));
    const end = nextOfGates(answers, commands, deps.now() - waitsSince, underway.settings.approvals.expiresMs);
    await show(deps, underway, answers, end === undefined);
    if (end) return end;
    const waitsFor = answers.find((answer) => answer.kind === 'waiting')?.because;
    if (waitsFor !== undefined && waitsFor !== told) await tellOf(deps, underway)(`waiting for approval: ${waitsFor}`);
    told = waitsFor;
    await deps.woken(underway.id, lookEveryMs, signal);
  }
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

const factsOf = async (deps: DeliverDeps, underway: Underway, commands: readonly Command[]): Promise<GateFacts> => {
  const row = await deliveryById(deps.database, underway.id);
  const release = await releaseOf(deps.database, underway.release.id);
  const { settings, environment, kind, askedBy } = underway;
  return {
    kind,
    environment,
    below: settings.below,
    release,
    forbidding: await deps.forbidding(release.checks, environment),
    descends: await descendsFrom(deps, underway, release.commit),
    reason: row.reason,
    askedBy,
    approvals: commands.filter((one) => one.kind === 'approve'),
    approvalsNeeded: row.approvalsNeeded,
    rolesThatMay: settings.approvals.roles,
    selfMayApprove: settings.approvals.self,
    planHash: row.planHash ?? '',
  };
};

const descendsFrom = async (
  deps: DeliverDeps,
  { environment }: Underway,
  commit: string | null,
): Promise<GateFacts['descends']> => {
  const { live } = await environmentOf(deps.database, environment);
  if (live === null) return 'nothing-live';
  const older = (await releaseOf(deps.database, live)).commit;
  return older === null || commit === null ? 'unknown' : deps.ancestor(older, commit);
};

const show = async (
  deps: DeliverDeps,
  { id }: Underway,
  answers: readonly GateAnswer[],
  waits: boolean,
): Promise<void> => {
  const because = answers.find((answer) => answer.kind === 'waiting')?.because ?? null;
  const state = waits ? ('awaiting-approval' as const) : ('running' as const);
  await deps.database.transaction(async (tx) => {
    await setGates(tx, id, answers);
    await moveDelivery(tx, id, { state, because, at: deps.now() });
  });
};
