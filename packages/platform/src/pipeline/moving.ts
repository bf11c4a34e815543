import type { Observation, Order } from '@plumbline/contract/agent';
import type { Shape, Slot } from '@plumbline/contract/shape';

import { patiently } from '../kernel/patience.ts';
import type { Wait } from '../rollout/next-action.ts';
import type { RolloutDeps } from '../rollout/roll-out.ts';
import type { RolloutStep } from '../rollout/walk.ts';
import { commandsFor } from './command-table.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import { raiseGeneration } from './environment-table.ts';
import { holdOf, showHeld } from './hold.ts';
import { probe, probesOf } from './probe.ts';
import { say } from './progress-table.ts';
import { smoke } from './smoke.ts';
import type { Underway } from './underway.ts';

/** Counts alone wake nobody, so a verdict is noticed half of this late on average, at every judged step. A look takes some 5 ms. */
const lookEveryMs = 250;
const tellEveryMs = 1_000;

/** What a walk needs, made of what a delivery has: generations and the audit on the way to the target, commands on the way back. */
export const walkDeps = (deps: DeliverDeps, underway: Underway): RolloutDeps => {
  const say = tellOf(deps, underway);
  const probes = probesOf(underway.release.content);
  return {
    apply: (step, signal) => patiently(() => apply(deps, underway, step, signal), signal, say),
    observe: (after, signal) => patiently(() => observe(deps, underway, after, signal), signal, say),
    commands: (at) => commandsAt(deps, underway, at),
    smoke: (signal) => patiently(() => smokeOn(deps, underway, 'candidate', signal), signal, say),
    probe: async (signal) => {
      const { addresses } = await deps.target.observe(underway.environment, { signal });
      return probe(addresses.candidate, probes, signal);
    },
    hold: holdOf(deps, underway),
    tell: (wait, at) => standStill(deps, underway, wait, at),
    tellEveryMs,
    monotonicMs: deps.monotonicMs,
  };
};

/** Shows what a rollout waits for, and that it is held where a person or a freeze keeps it. */
const standStill = async (deps: DeliverDeps, underway: Underway, wait: Wait | null, at: string): Promise<void> => {
  if (wait?.heldBy)
    return showHeld(deps, underway, { because: wait.because, heldAt: wait.heldBy === 'person' ? at : null });
  await showHeld(deps, underway, null);
  if (wait) await tellOf(deps, underway)(`${at}: ${wait.because}`);
};

/** Says what is waited for on the delivery's stream of progress; what cannot be said now is not worth stopping for. */
export const tellOf =
  (deps: DeliverDeps, { id, climb, environment }: Underway): ((text: string) => Promise<void>) =>
  (text) =>
    say(deps.database, { delivery: id, climb, environment }, { kind: 'watch', text }).catch(() => undefined);

/** Runs the smoke test on the candidate's own address or on the public one. */
export const smokeOn = async (
  deps: DeliverDeps,
  { environment, release, settings }: Underway,
  where: 'candidate' | 'plain',
  signal: AbortSignal,
) => {
  const { addresses } = await deps.target.observe(environment, { signal });
  const { services, smoke: steps } = release.content;
  const secrets = await deps.secrets(environment);
  const withinMs = settings.timeouts.smokeMs;
  return smoke({ address: addresses[where], release: release.id, services, steps, secrets, withinMs }, signal);
};

const apply = async (deps: DeliverDeps, underway: Underway, step: RolloutStep, signal: AbortSignal) => {
  const { id, environment, settings } = underway;
  const specs = specsFor(underway, step.shape);
  const generation = await deps.database.transaction(async (tx) => {
    await deps.guard(tx);
    await deps.record(tx, {
      who: 'plumbline',
      what: 'shape.ordered',
      subject: environment,
      why: step.because,
      detail: { delivery: id, step: step.name, shape: step.shape },
      key: `${id}/${step.name}/ordered`,
    });
    return raiseGeneration(tx, environment, id, { shape: step.shape, specs });
  });
  const order: Order = {
    shape: { ...step.shape, environment, generation, holder: id, step: step.name },
    specs,
    stores: underway.release.content.stores.map((store) => ({ ...store, version: store.version ?? undefined })),
    hosts: [...settings.hosts],
  };
  const applied = await deps.target.apply(order, signal);
  await deps.database.transaction((tx) =>
    deps.record(tx, {
      who: 'plumbline',
      what: 'shape.applied',
      subject: environment,
      why: null,
      detail: { delivery: id, step: step.name, effect: applied.effect },
      key: `${id}/${step.name}/applied`,
    }),
  );
  await say(
    deps.database,
    { delivery: id, climb: underway.climb, environment },
    { kind: 'step', text: `${step.name}: ${step.because}` },
  );
  return applied;
};

const specsFor = ({ candidate, specs }: Underway, shape: Shape): Order['specs'] => {
  const forSlot = (slot: Slot) => {
    if (shape.slots[slot] === null) return null;
    return [...(slot === candidate ? specs.candidate : (specs.live ?? []))];
  };
  return { blue: forSlot('blue'), green: forSlot('green') };
};

const observe = async (
  deps: DeliverDeps,
  { id, environment }: Underway,
  after: number | undefined,
  signal: AbortSignal,
): Promise<Observation> => {
  if (after === undefined) return deps.target.observe(environment, { signal });
  // Whichever is first, a change of the target or a command, ends the look that waits for the other.
  const enough = new AbortController();
  const both = AbortSignal.any([signal, enough.signal]);
  try {
    const woken = deps.woken(id, lookEveryMs, both).then(() => undefined);
    const seen = deps.target.observe(environment, { after, waitMs: lookEveryMs, signal: both });
    seen.catch(() => undefined);
    return (await Promise.race([seen, woken])) ?? (await deps.target.observe(environment, { signal }));
  } finally {
    enough.abort();
  }
};

const commandsAt = async (deps: DeliverDeps, { id }: Underway, at: string) => {
  const commands = await commandsFor(deps.database, id);
  const stop = commands.find(({ kind }) => kind === 'abort') ?? commands.find(({ kind }) => kind === 'supersede');
  const proceed = commands.find(({ kind, step }) => kind === 'proceed' && step === at);
  return {
    abort: stop
      ? { by: stop.by, because: stop.reason ?? 'no reason given', isSuperseded: stop.kind === 'supersede' }
      : null,
    proceed: proceed ? { by: proceed.by } : null,
  };
};
