import type { Slot } from '@plumbline/contract/shape';
import { candidateOf, type Facts, hopeless, isSettled, lastLines, missing } from './facts.ts';
import type { RolloutStep } from './walk.ts';

/** What the smoke test on the candidate's own address said. */
export type SmokeAnswer =
  | { readonly kind: 'not-run' }
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly because: string };

/** Where a walk stands: the step whose shape was applied last, and what is known of its candidate. */
export interface Position {
  readonly step: RolloutStep;
  /** The slot that the walk fills; at the promotion it is the stable one. */
  readonly candidate: Slot;
  readonly smoke: SmokeAnswer;
  /** How long the step may take to settle before the candidate is given up, in milliseconds. */
  readonly settleWithinMs: number;
}

export type GoBack = { readonly kind: 'go-back'; readonly outcome: 'failed' | 'aborted'; readonly because: string };

export type Action =
  | { readonly kind: 'wait'; readonly because: string }
  | { readonly kind: 'smoke'; readonly because: string }
  | { readonly kind: 'settled'; readonly because: string }
  | GoBack;

/** What a rollout does next. Pure: the same facts give the same action, in a delivery, in its replay and in a simulation. */
export const nextAction = (position: Position, facts: Facts): Action => {
  const { step, smoke } = position;
  if (facts.abort) return aborted(facts.abort);
  if (smoke.kind === 'failed') return { kind: 'go-back', outcome: 'failed', because: smoke.because };
  if (isSettled(facts.observation, step.shape))
    return step.smoke && smoke.kind === 'not-run'
      ? { kind: 'smoke', because: 'the candidate is ready to be tried' }
      : { kind: 'settled', because: `${step.name}: as wanted` };
  const given = givenUp(position, facts);
  return given
    ? { kind: 'go-back', outcome: 'failed', because: given }
    : { kind: 'wait', because: missing(facts.observation, step.shape) };
};

/** A candidate with every visitor is watched for as long as the bake takes; only its own illness speaks against it. */
export const nextWhileBaking = (facts: Facts, bakeMs: number): Action => {
  if (facts.abort) return aborted(facts.abort);
  const sick = facts.observation.shape && sickCandidate(facts, candidateOf(facts.observation.shape));
  if (sick) return { kind: 'go-back', outcome: 'failed', because: sick };
  const leftMs = bakeMs - facts.sinceBeginMs;
  return leftMs > 0
    ? { kind: 'wait', because: 'the old slot stays until the bake is over' }
    : { kind: 'settled', because: 'the bake is over' };
};

/** On the way back nothing is given up early: the live release is given its time, and only the deadline calls a person. */
export const nextOnTheWayBack = (position: Position, facts: Facts): Action => {
  const { step, settleWithinMs } = position;
  if (isSettled(facts.observation, step.shape)) return { kind: 'settled', because: step.because };
  return facts.sinceBeginMs > settleWithinMs
    ? { kind: 'go-back', outcome: 'failed', because: missing(facts.observation, step.shape) }
    : { kind: 'wait', because: missing(facts.observation, step.shape) };
};

const aborted = ({ by, because }: { readonly by: string; readonly because: string }): GoBack => ({
  kind: 'go-back',
  outcome: 'aborted',
  because: `aborted by ${by}: ${because}`,
});

const givenUp = ({ step, candidate, settleWithinMs }: Position, facts: Facts): string | undefined => {
  const sick = sickCandidate(facts, candidate);
  if (sick) return sick;
  if (facts.sinceBeginMs <= settleWithinMs) return undefined;
  const waited = `after ${Math.round(settleWithinMs / 1000)} s: ${missing(facts.observation, step.shape)}`;
  return [waited, ...lastLines(facts.observation, candidate)].join('\n');
};

const sickCandidate = (facts: Facts, slot: Slot): string | undefined => {
  const replica = hopeless(facts.observation, slot);
  if (!replica) return undefined;
  const said = `${replica.service} ${replica.because ?? 'ended'}, ${replica.restarts} times`;
  return [said, ...lastLines(facts.observation, slot)].join('\n');
};
