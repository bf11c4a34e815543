import type { Applied } from '@plumbline/contract/agent';
import type { Shape, Slot } from '@plumbline/contract/shape';
import type { Durable } from '../kernel/durable.ts';
import { refusalOf } from '../kernel/patience.ts';
import type { Facts } from './facts.ts';
import { type GoBack, nextAction, nextOnTheWayBack, type Position, type SmokeAnswer } from './next-action.ts';
import type { RolloutOrder, RolloutStep } from './walk.ts';
import { type Judging, type WatchDeps, type Watched, watch } from './watch.ts';
import { planWayBack } from './way-back.ts';
import type { Rules } from './without-verdict.ts';

/** What a walk is about. */
export interface WalkOptions {
  readonly candidate: Slot;
  readonly settleWithinMs: number;
  readonly rules: Rules;
}

export interface RolloutDeps extends WatchDeps {
  /** Gives the step's shape to the target under a new generation; records it first. Idempotent. */
  apply(step: RolloutStep, signal: AbortSignal): Promise<Applied>;
  /** Tries the candidate on its own address. */
  smoke(signal: AbortSignal): Promise<SmokeAnswer>;
}

/** Where a walk ended: `present` is the shape that was applied last, `unproven` the steps that went on without a verdict. */
export type RolloutEnd = {
  readonly present: Shape | null;
  readonly judging: Judging | null;
  readonly unproven: readonly string[];
} & ({ readonly kind: 'there' } | GoBack);

/** Walks the steps: apply a shape, watch until the decision is no longer to wait, and so on to the end or the first reason to go back. */
export const rollOut =
  (deps: RolloutDeps) =>
  async (
    durable: Durable,
    steps: readonly RolloutStep[],
    options: WalkOptions,
    judged: Judging | null,
  ): Promise<RolloutEnd> => {
    let present: Shape | null = null;
    let judging = judged;
    const unproven: string[] = [];
    for (const step of steps) {
      present = step.shape;
      const watched: Watched = await orGoBack(judging, async () => {
        await durable.step(`apply: ${step.name}`, async (signal) => (await deps.apply(step, signal)).generation);
        return settle(deps)(durable, step, { ...options, isLast: step === steps.at(-1) }, judging);
      });
      judging = watched.judging;
      const { action } = watched;
      if (action.kind === 'go-back') return { ...action, present, judging, unproven };
      if (action.kind === 'settled' && action.unproven) unproven.push(`${step.name}: ${action.because}`);
    }
    return { kind: 'there', present, judging, unproven };
  };

/**
 * Walks from the present shape back to what was live. Answers why a person has to look, or null when all is as before.
 * Nothing may stop it half way: neither a command nor a candidate that is ill.
 */
export const goBack =
  (deps: RolloutDeps) =>
  async (durable: Durable, order: RolloutOrder, present: Shape, options: WalkOptions): Promise<string | null> => {
    for (const step of planWayBack(order, present)) {
      const { action } = await orGoBack(null, async () => {
        await durable.step(`back: ${step.name}`, async (signal) => (await deps.apply(step, signal)).generation);
        const decide = (facts: Facts) => nextOnTheWayBack({ ...options, step }, facts);
        return durable.step(`watch back: ${step.name}`, (signal) =>
          watch(deps)({ at: step.name, shape: step.shape, judging: null, decide }, signal),
        );
      });
      if (action.kind === 'go-back') return action.because;
    }
    return null;
  };

/** What a step says cannot be done ends the walk, where it stands: nobody would watch the candidate any more. */
const orGoBack = async (judging: Judging | null, run: () => Promise<Watched>): Promise<Watched> => {
  try {
    return await run();
  } catch (error) {
    return { action: { kind: 'go-back', outcome: 'failed', because: refusalOf(error) }, judging };
  }
};

const settle =
  (deps: RolloutDeps) =>
  async (
    durable: Durable,
    step: RolloutStep,
    options: WalkOptions & Pick<Position, 'isLast'>,
    judging: Judging | null,
  ): Promise<Watched> => {
    const look = (smoke: SmokeAnswer, from: Judging | null) => {
      const position = { ...options, step, smoke };
      const decide = (facts: Facts) => nextAction(position, facts);
      return durable.step(`watch: ${step.name}`, (signal) =>
        watch(deps)({ at: step.name, shape: step.shape, judging: from, decide }, signal),
      );
    };
    const watched = await look({ kind: 'not-run' }, judging);
    if (watched.action.kind !== 'smoke') return watched;
    const smoke = await durable.step(`smoke: ${step.name}`, (signal) => deps.smoke(signal));
    return look(smoke, watched.judging);
  };
