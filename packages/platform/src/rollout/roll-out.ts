import type { Applied } from '@plumbline/contract/agent';
import type { Shape, Slot } from '@plumbline/contract/shape';
import type { Durable } from '../kernel/durable.ts';
import {
  type Action,
  type GoBack,
  nextAction,
  nextOnTheWayBack,
  type Position,
  type SmokeAnswer,
} from './next-action.ts';
import type { RolloutOrder, RolloutStep } from './walk.ts';
import { type WatchDeps, watch } from './watch.ts';
import { planWayBack } from './way-back.ts';

/** What a walk is about. */
export interface WalkOptions {
  readonly candidate: Slot;
  readonly settleWithinMs: number;
}

export interface RolloutDeps extends WatchDeps {
  /** Gives the step's shape to the target under a new generation; records it first. Idempotent. */
  apply(step: RolloutStep, signal: AbortSignal): Promise<Applied>;
  /** Tries the candidate on its own address. */
  smoke(signal: AbortSignal): Promise<SmokeAnswer>;
}

/** Where a walk ended: `present` is the shape that was applied last. */
export type RolloutEnd =
  | { readonly kind: 'there'; readonly present: Shape | null }
  | (GoBack & { readonly present: Shape | null });

/** Walks the steps: apply a shape, watch until the decision is no longer to wait, and so on to the end or the first reason to go back. */
export const rollOut =
  (deps: RolloutDeps) =>
  async (durable: Durable, steps: readonly RolloutStep[], options: WalkOptions): Promise<RolloutEnd> => {
    let present: Shape | null = null;
    for (const step of steps) {
      present = step.shape;
      await durable.step(`apply: ${step.name}`, async (signal) => (await deps.apply(step, signal)).generation);
      const action = await settle(deps)(durable, step, options);
      if (action.kind === 'go-back') return { ...action, present };
    }
    return { kind: 'there', present };
  };

/**
 * Walks from the present shape back to what was live. Answers why a person has to look, or null when all is as before.
 * Nothing may stop it half way: neither a command nor a candidate that is ill.
 */
export const goBack =
  (deps: RolloutDeps) =>
  async (durable: Durable, order: RolloutOrder, present: Shape, options: WalkOptions): Promise<string | null> => {
    for (const step of planWayBack(order, present)) {
      await durable.step(`back: ${step.name}`, async (signal) => (await deps.apply(step, signal)).generation);
      const position: Position = { ...options, step, smoke: { kind: 'not-run' } };
      const action = await durable.step(`watch back: ${step.name}`, (signal) =>
        watch(deps)((facts) => nextOnTheWayBack(position, facts), signal),
      );
      if (action.kind === 'go-back') return action.because;
    }
    return null;
  };

const settle =
  (deps: RolloutDeps) =>
  async (durable: Durable, step: RolloutStep, options: WalkOptions): Promise<Action> => {
    const look = (smoke: SmokeAnswer) =>
      durable.step(`watch: ${step.name}`, (signal) =>
        watch(deps)((facts) => nextAction({ ...options, step, smoke }, facts), signal),
      );
    const action = await look({ kind: 'not-run' });
    if (action.kind !== 'smoke') return action;
    return look(await durable.step(`smoke: ${step.name}`, (signal) => deps.smoke(signal)));
  };
