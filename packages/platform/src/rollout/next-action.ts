import type { Slot } from '@plumbline/contract/shape';
import { type Abort, candidateOf, type Facts, hopeless, isLiveWhole, isSettled, lastLines, missing } from './facts.ts';
import type { RolloutStep } from './walk.ts';
import { type Rules, visitorsAreTooFew, withoutVerdict } from './without-verdict.ts';

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
  readonly rules: Rules;
  /** Nothing follows in this walk that a hold could keep back. */
  readonly isLast?: boolean;
}

export type GoBack = {
  readonly kind: 'go-back';
  readonly outcome: 'failed' | 'aborted' | 'superseded';
  readonly because: string;
};

export interface Wait {
  readonly kind: 'wait';
  readonly because: string;
  /** Who keeps it where it is: a person who is asked to let it go on, or a freeze. */
  readonly heldBy: 'person' | 'freeze' | null;
  /** Whether visitors are too few, so that probes of ours have to make up for them. */
  readonly probes: boolean;
}

export type Action =
  | Wait
  | { readonly kind: 'smoke'; readonly because: string }
  /** `unproven`: it goes on although no verdict was reached. */
  | { readonly kind: 'settled'; readonly because: string; readonly unproven: boolean }
  | GoBack;

/** What a rollout does next. Pure: the same facts give the same action, in a delivery, in its replay and in a simulation. */
export const nextAction = (position: Position, facts: Facts): Action => {
  const { step, smoke } = position;
  const stop = stopped(facts);
  if (stop) return stop;
  if (smoke.kind === 'failed') return failed(smoke.because);
  if (!isSettled(facts.observation, step.shape)) {
    const given = givenUp(position, facts);
    // One that was as wanted before and does not get well again: too few requests may reach it for a verdict, ever.
    const isLost = facts.sinceSettledMs !== null && facts.unsettledMs > position.settleWithinMs;
    const heldBy = isLost ? 'person' : null;
    return given ? failed(given) : wait(missing(facts.observation, step.shape), { heldBy });
  }
  if (step.smoke && smoke.kind === 'not-run') return { kind: 'smoke', because: 'the candidate is ready to be tried' };
  const next = mayGoOn(position, facts);
  return next.kind === 'settled' && facts.hold && !position.isLast
    ? wait(facts.hold.because, { heldBy: 'freeze' })
    : next;
};

/** A candidate with every visitor is watched for as long as the bake takes; then it needs no verdict, but no bad one either. */
export const nextWhileBaking = (facts: Facts, bakeMs: number, rules: Rules): Action => {
  const stop = stopped(facts);
  if (stop) return stop;
  const sick = facts.observation.shape && sickCandidate(facts, candidateOf(facts.observation.shape));
  if (sick) return failed(sick);
  if (facts.sinceBeginMs < bakeMs)
    return wait('the old slot stays until the bake is over', { probes: isQuiet(facts, bakeMs) });
  if (facts.verdict?.kind === 'warn' && !facts.proceed)
    return withoutVerdict(facts.verdict, facts.sinceBeginMs - bakeMs, rules);
  const because = facts.verdict?.because ?? 'nobody complained';
  return { kind: 'settled', because, unproven: facts.verdict?.kind === 'inconclusive' };
};

/**
 * On the way back nothing is given up early: the live release is given its time, and only the deadline calls a person. How
 * the candidate's own replicas are matters no more.
 */
export const nextOnTheWayBack = (
  { step, settleWithinMs }: Pick<Position, 'step' | 'settleWithinMs'>,
  { observation, sinceBeginMs }: Pick<Facts, 'observation' | 'sinceBeginMs'>,
): Action => {
  const { shape, lingerMs = 0 } = step;
  const candidate = candidateOf(shape);
  const isThere = shape.slots[candidate] === null ? isSettled(observation, shape) : isLiveWhole(observation, shape);
  if (!isThere) {
    const lacks = missing(observation, shape);
    return sinceBeginMs > settleWithinMs ? failed(lacks) : wait(lacks);
  }
  const servesAssets = observation.replicas.some(({ slot, state }) => slot === candidate && state === 'ready');
  return servesAssets && sinceBeginMs < lingerMs ? wait(step.because) : settled(step.because);
};

const mayGoOn = ({ step, rules }: Position, facts: Facts): Action => {
  if (facts.proceed) return settled(`${facts.proceed.by} let it go on from ${step.name}`);
  const { verdict } = facts;
  if (step.judged && verdict?.kind !== 'pass')
    return verdict === null
      ? wait('the first requests of the candidate')
      : withoutVerdict(verdict, facts.sinceSettledMs ?? 0, rules);
  if (step.pause) return wait(`a person to let it go on from ${step.name}`, { heldBy: 'person' });
  return settled(verdict && step.judged ? verdict.because : `${step.name}: as wanted`);
};

/** What ends a rollout whatever it waits for: a command, or a candidate that fails those who get it. */
const stopped = ({ abort, verdict }: Facts): GoBack | undefined => {
  if (abort) return aborted(abort);
  return verdict?.kind === 'fail' ? failed(verdict.because) : undefined;
};

const aborted = ({ by, because, isSuperseded }: Abort): GoBack => ({
  kind: 'go-back',
  outcome: isSuperseded ? 'superseded' : 'aborted',
  because: isSuperseded ? because : `aborted by ${by}: ${because}`,
});

const failed = (because: string): GoBack => ({ kind: 'go-back', outcome: 'failed', because });
const settled = (because: string): Action => ({ kind: 'settled', because, unproven: false });
const wait = (because: string, more: Partial<Wait> = {}): Wait => ({
  kind: 'wait',
  because,
  heldBy: null,
  probes: false,
  ...more,
});

const isQuiet = ({ verdict, sinceBeginMs }: Facts, bakeMs: number): boolean =>
  verdict !== null && visitorsAreTooFew(verdict, sinceBeginMs, bakeMs);

const givenUp = ({ step, candidate, settleWithinMs }: Position, facts: Facts): string | undefined => {
  const sick = sickCandidate(facts, candidate);
  if (sick) return sick;
  // One that was as wanted before and is not now is ill, and is judged by its requests; this deadline is for its start.
  if (facts.sinceSettledMs !== null || facts.sinceBeginMs <= settleWithinMs) return undefined;
  const waited = `after ${Math.round(settleWithinMs / 1000)} s: ${missing(facts.observation, step.shape)}`;
  return [waited, ...lastLines(facts.observation, candidate)].join('\n');
};

const sickCandidate = (facts: Facts, slot: Slot): string | undefined => {
  const replica = hopeless(facts.observation, slot);
  if (!replica) return undefined;
  const said = `${replica.service} ${replica.because ?? 'ended'}, ${replica.restarts} times`;
  return [said, ...lastLines(facts.observation, slot)].join('\n');
};
