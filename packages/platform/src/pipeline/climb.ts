import { type Climb, endedStates } from '@plumbline/contract/delivery';
import type { Identity } from '@plumbline/contract/identity';
import type { ClimbId, DeliveryId, EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import type { CheckOutcome } from '@plumbline/contract/release';
import type { Durable } from '../kernel/durable.ts';
import { isFailure, patiently } from '../kernel/patience.ts';
import { type AskDeps, askDelivery } from './ask-delivery.ts';
import { beginClimbStage, endClimbStage } from './climb-steps.ts';
import { type ClimbRow, climbById, moveClimb, setBuilt, setChecks } from './climb-table.ts';
import type { DeliverDeps, Tell } from './deliver-deps.ts';
import { deliveryById } from './delivery-table.ts';
import { say } from './progress-table.ts';
import { keepRelease, type NewRelease } from './release-table.ts';

export type ClimbDeps = DeliverDeps &
  AskDeps & {
    /** Runs the description's checks in a clean folder made of the climb's commit. */
    check(climb: ClimbRow, tell: Tell, signal: AbortSignal): Promise<readonly CheckOutcome[]>;
    /** Builds every service once and packs it. */
    build(climb: ClimbRow, checks: readonly CheckOutcome[], tell: Tell, signal: AbortSignal): Promise<NewRelease>;
  };

type Part<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed' | 'superseded'; readonly because: string };

/** One checkout's way: checks, build, then one delivery after another up the path. */
export const climb =
  (deps: ClimbDeps) =>
  async (durable: Durable, { id }: { readonly id: ClimbId }): Promise<void> => {
    const step = <T>(name: string, effect: (signal: AbortSignal) => Promise<T>) =>
      durable.step(name, (signal) =>
        patiently(
          () => effect(signal),
          signal,
          () => undefined,
        ),
      );
    const end = (part: Exclude<Part<unknown>, { kind: 'done' }>) =>
      step('end', () => endClimb(deps, id, part.kind, part.because));

    const checked = await step('checks', (signal) => checkAll(deps, id, signal));
    if (checked.kind !== 'done') return end(checked);
    const built = await step('build', (signal) => buildAll(deps, id, signal));
    if (built.kind !== 'done') return end(built);
    for (const environment of built.value.to) {
      const asked = await step(`ask ${environment}`, () => ask(deps, id, environment, built.value.release));
      if (asked.kind !== 'done') return end(asked);
      const arrived = await step(`await ${environment}`, (signal) => arrival(deps, asked.value, signal));
      if (arrived.kind !== 'done') return end(arrived);
    }
    await step('end', () => endClimb(deps, id, 'succeeded', `${built.value.release} is at the top of its path`));
  };

const checkAll = (deps: ClimbDeps, id: ClimbId, signal: AbortSignal): Promise<Part<null>> =>
  part(deps, id, 'checks', async (row) => {
    const checks = await deps.check(row, tellOf(deps, id), signal);
    await setChecks(deps.database, id, checks);
    const [first] = row.to;
    const failed = first === undefined ? [] : await deps.forbidding(checks, first);
    if (failed.length > 0)
      return {
        kind: 'failed',
        because: failed.map(({ name, because, output }) => `${name}: ${because}\n${output}`).join('\n'),
      };
    return { kind: 'done', value: null };
  });

const buildAll = (
  deps: ClimbDeps,
  id: ClimbId,
  signal: AbortSignal,
): Promise<Part<{ readonly release: ReleaseId; readonly to: readonly EnvironmentName[] }>> =>
  part(deps, id, 'build', async (row) => {
    if (!(await moveClimb(deps.database, id, { state: 'building', because: null, at: deps.now() })))
      return superseded(row);
    const made = await deps.build(row, row.checks, tellOf(deps, id), signal);
    await deps.database.transaction(async (tx) => {
      await deps.guard(tx);
      await keepRelease(tx, made);
      await setBuilt(tx, id, made.id);
      await deps.record(tx, {
        who: row.askedBy,
        what: 'release.built',
        subject: made.id,
        why: row.reason,
        detail: {
          climb: id,
          commit: made.commit,
          marks: made.marks,
          services: made.content.services.map(({ name, artefact }) => ({ name, artefact })),
        },
        key: `${id}/built`,
      });
    });
    return { kind: 'done', value: { release: made.id, to: row.to } };
  });

const ask = async (
  deps: ClimbDeps,
  id: ClimbId,
  environment: EnvironmentName,
  release: ReleaseId,
): Promise<Part<DeliveryId>> => {
  const row = await climbById(deps.database, id);
  if (!(await moveClimb(deps.database, id, { state: 'climbing', because: environment, at: deps.now() })))
    return superseded(row);
  const who: Identity = { name: row.askedBy, role: 'deployer' };
  const asked = {
    key: `${id}/${environment}`,
    kind: 'deliver' as const,
    environment,
    release,
    climb: id,
    reason: row.reason,
    emergency: false,
    wait: true,
  };
  return { kind: 'done', value: await askDelivery(deps, asked, who) };
};

/** Waits for the delivery's end. A climb that was superseded meanwhile goes no higher, but lets the delivery come to its end. */
const arrival = async (deps: ClimbDeps, delivery: DeliveryId, signal: AbortSignal): Promise<Part<null>> => {
  for (;;) {
    signal.throwIfAborted();
    const row = await deliveryById(deps.database, delivery);
    if (row.state === 'succeeded') return { kind: 'done', value: null };
    const because = `${row.environment}: ${row.because ?? row.state}`;
    if (row.state === 'superseded') return { kind: 'superseded', because };
    if (endedStates.includes(row.state)) return { kind: 'failed', because };
    await deps.woken(delivery, 1_000, signal);
  }
};

const part = async <T>(
  deps: ClimbDeps,
  id: ClimbId,
  name: string,
  run: (row: ClimbRow) => Promise<Part<T>>,
): Promise<Part<T>> => {
  const row = await climbById(deps.database, id);
  if (row.endedAt !== null) return superseded(row);
  await beginClimbStage(deps, row, name);
  const end = await run(row).catch((error: unknown): Part<T> => {
    const isAnswer =
      isFailure(error) &&
      !['database-unreachable', 'agent-unreachable', 'lease-lost', 'interrupted'].includes(error.code);
    if (isAnswer) return { kind: 'failed', because: error.hint ? `${error.message} (${error.hint})` : error.message };
    throw error;
  });
  await endClimbStage(deps, row, name, end.kind === 'done' ? null : end.because);
  return end;
};

const superseded = (row: ClimbRow): { readonly kind: 'superseded'; readonly because: string } => ({
  kind: 'superseded',
  because: row.because ?? 'a newer commit was shipped',
});

const endClimb = async (deps: ClimbDeps, id: ClimbId, state: Climb['state'], because: string): Promise<void> => {
  await deps.database.transaction(async (tx) => {
    if (!(await moveClimb(tx, id, { state, because, at: deps.now() }))) return;
    await say(tx, { climb: id, delivery: null, environment: null }, { kind: 'state', state, text: because });
  });
};

const tellOf =
  (deps: ClimbDeps, climb: ClimbId): Tell =>
  (text) =>
    say(deps.database, { climb, delivery: null, environment: null }, { kind: 'check', text });
