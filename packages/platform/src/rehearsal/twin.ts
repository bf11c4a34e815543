import { Failure } from '@plumbline/contract/failure';
import type { Durable } from '../kernel/durable.ts';
import { isFailure } from '../kernel/patience.ts';

/** This control plane is dead, as by kill -9: nothing of it is recorded any more. */
export class Died extends Error {
  override readonly name = 'Died';
}

/** What outlives a control plane: its recorded steps, in order. */
export type Records = { readonly name: string; readonly outcome: Outcome }[];

type Outcome = { readonly result: unknown } | { readonly failure: Failure };

/** One life of a control plane. */
export interface Life {
  /** Passes a point at which it may die; throws `Died` if it does. */
  boundary(): void;
  now(): number;
  recorded(step: string, result: unknown): void;
}

/**
 * Runs steps and records what they answer, like the durable engines, and as fast as a simulation needs: results go through
 * JSON only when another life reads them.
 */
export const twin = (records: Records, life: Life): Durable => {
  let at = 0;
  const step = async <T>(name: string, effect: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const recorded = records[at++];
    if (recorded) return replay(recorded, name);
    life.boundary();
    const outcome = await outcomeOf(effect);
    life.boundary();
    records.push({ name, outcome });
    life.boundary();
    if ('failure' in outcome) throw outcome.failure;
    life.recorded(name, outcome.result);
    return outcome.result;
  };
  return { id: 'rehearsal', step, now: () => step('now', async () => life.now()) };
};

const never = new AbortController().signal;

const outcomeOf = async <T>(effect: (signal: AbortSignal) => Promise<T>) => {
  try {
    return { result: await effect(never) };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { failure: error };
  }
};

const replay = <T>({ name, outcome }: Records[number], asked: string): T => {
  if (name !== asked) throw new Failure('bug', `the step ${name} that was recorded is ${asked} in the replay`);
  if ('failure' in outcome) throw outcome.failure;
  // The step's name and place say which effect this came from.
  return JSON.parse(JSON.stringify(outcome.result)) as T;
};
