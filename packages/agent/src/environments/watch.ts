import { waitAtMost } from '../processes/wait.ts';
import type { Group } from './desired.ts';
import { isReady, type ProbeOutcome } from './facts.ts';
import type { HeldReplica } from './held-replica.ts';
import { probe } from './probe.ts';

/** Pauses between probes, in milliseconds. */
const whileStartingMs = 100;
const onceReadyMs = 1_000;
const livenessMs = 5_000;
/** A worker that listens to nothing counts as ready when it has lived so long, in milliseconds. */
const workerLivesMs = 1_000;

export interface Watched {
  readonly held: HeldReplica;
  /** The spec as the latest order has it; undefined when no order wants the replica any more. */
  readonly group: () => Group | undefined;
  readonly readiness: (outcome: ProbeOutcome) => void;
  readonly liveness: (outcome: ProbeOutcome) => void;
}

/** Asks a replica again and again whether it is ready, until the signal. */
export const watchReadiness = async ({ held, group, readiness }: Watched, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const outcome = await askReadiness(held, group(), signal);
    if (signal.aborted) return;
    if (outcome) readiness(outcome);
    const { life } = held.facts;
    const isStarting = life.is === 'alive' && life.readiness === 'starting';
    await waitAtMost(isStarting || outcome === null ? whileStartingMs : onceReadyMs, signal);
  }
};

/** Asks a replica that was ready once whether it lives, if its service has a way to ask. */
export const watchLiveness = async ({ held, group, liveness }: Watched, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await waitAtMost(livenessMs, signal);
    const path = group()?.spec.liveness ?? null;
    const { life } = held.facts;
    if (signal.aborted || path === null || life.is !== 'alive' || !held.wasReady) continue;
    const outcome = await probe(life.port, path, signal);
    if (!signal.aborted) liveness(outcome);
  }
};

const askReadiness = async (
  { facts }: HeldReplica,
  group: Group | undefined,
  signal: AbortSignal,
): Promise<ProbeOutcome | null> => {
  if (facts.life.is !== 'alive' || group === undefined) return null;
  if (group.spec.health !== '') return probe(facts.life.port, group.spec.health, signal);
  const livesForMs = performance.now() - facts.life.launchedMs;
  if (isReady(facts) || livesForMs >= workerLivesMs) return { ok: true };
  return { ok: false, because: `has run for less than ${workerLivesMs / 1000} s` };
};
