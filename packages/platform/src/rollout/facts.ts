import { isDeepStrictEqual } from 'node:util';
import type { Observation, Replica } from '@plumbline/contract/agent';
import type { Shape, Slot } from '@plumbline/contract/shape';
import { otherSlot } from '@plumbline/contract/shape';
import type { Verdict } from '../monitoring/verdict.ts';

/** What a decision about a rollout is made of. */
export interface Facts {
  readonly observation: Observation;
  /** Since the watch began (of a bake: since the bake began), by a clock that does not jump. */
  readonly sinceBeginMs: number;
  /** Since the shape was first as wanted in this watch; null until then. */
  readonly sinceSettledMs: number | null;
  /** Since the shape was last as wanted; 0 while it is, and since the watch began where it never was. */
  readonly unsettledMs: number;
  /** What the candidate's requests say of it; null where nothing is judged. */
  readonly verdict: Verdict | null;
  /** A person or a newer delivery asked to stop; null when nobody did. */
  readonly abort: Abort | null;
  /** A person let it go on from the present step; null when nobody did. */
  readonly proceed: { readonly by: string } | null;
  /** What keeps the next step from beginning; null when nothing does. */
  readonly hold: { readonly because: string } | null;
}

export interface Abort {
  readonly by: string;
  readonly because: string;
  /** A newer delivery takes the place of this one. */
  readonly isSuperseded: boolean;
}

/** Crashes at which a replica that never got ready is given up: the cause is clear by then. */
const crashesGivenUp = 2;

/** The candidate's replica that will not get well by waiting, if there is one. */
export const hopeless = (observation: Observation, candidate: Slot): Replica | undefined =>
  observation.replicas.find(
    (one) =>
      one.slot === candidate && one.restarts >= crashesGivenUp && one.state !== 'ready' && one.state !== 'draining',
  );

/** Whether the target has made the shape so: replicas there and ready, leavers gone, weight and cohort in effect. */
export const isSettled = (observation: Observation, shape: Shape): boolean =>
  observation.converged &&
  observation.shape !== null &&
  observation.shape.stable === shape.stable &&
  observation.shape.candidateWeightPercent === shape.candidateWeightPercent &&
  isDeepStrictEqual(observation.shape.cohort ?? null, shape.cohort ?? null);

/** Whether the stable slot has all its replicas ready and the candidate no more visitors than the shape gives it. */
export const isLiveWhole = (observation: Observation, shape: Shape): boolean =>
  observation.shape?.stable === shape.stable &&
  observation.candidateWeightPercent <= shape.candidateWeightPercent &&
  lackingIn(observation, shape, shape.stable).length === 0;

/** What a step still waits for, in words, replica by replica where one has something to tell. */
export const missing = (observation: Observation, shape: Shape): string => {
  const lacks = lacking(observation, shape);
  const leaving = observation.replicas.filter((one) => one.state === 'draining').length;
  if (lacks.length > 0) return lacks.join('; ');
  if (leaving > 0) return `${leaving} replicas finish the requests in their hands`;
  if (observation.candidateWeightPercent !== shape.candidateWeightPercent)
    return `the weight is ${observation.candidateWeightPercent} %, on its way to ${shape.candidateWeightPercent} %`;
  return 'the target to settle';
};

/** The last lines of the candidate's replicas that are not well, for the message of a failure. */
export const lastLines = (observation: Observation, candidate: Slot): readonly string[] =>
  observation.replicas
    .filter((one) => one.slot === candidate && one.state !== 'ready' && one.lastLines.length > 0)
    .slice(0, 2)
    .flatMap((one) => one.lastLines.slice(-12).map((line) => `${one.id} | ${line}`));

export const candidateOf = (shape: Shape): Slot => otherSlot(shape.stable);

const lacking = (observation: Observation, shape: Shape): readonly string[] =>
  [shape.stable, candidateOf(shape)].flatMap((slot) => lackingIn(observation, shape, slot));

const lackingIn = (observation: Observation, shape: Shape, slot: Slot): readonly string[] =>
  Object.entries(shape.slots[slot]?.replicas ?? {}).flatMap(([service, wanted]) => {
    const there = observation.replicas.filter((one) => one.slot === slot && one.service === service);
    const ready = there.filter((one) => one.state === 'ready').length;
    if (ready >= wanted) return [];
    const why = there.find((one) => one.state !== 'ready' && one.because !== null)?.because;
    return [`${service}: ${ready} of ${wanted} ready in ${slot}${why ? ` (${why})` : ''}`];
  });
