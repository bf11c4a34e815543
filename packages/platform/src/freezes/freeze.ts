import type { EnvironmentName } from '@plumbline/contract/names';
import { type FrozenTime, frozenUntil, opensAt } from './window.ts';
import { clockWords } from './words.ts';

/** A time in which nothing is delivered to an environment. */
export interface Freeze {
  readonly name: string;
  /** For the person who is kept waiting. */
  readonly reason: string;
  /** The person who asked for it, or the file that describes it. */
  readonly by: string;
  /** By whose clock it is told. */
  readonly zone: string;
  readonly when: FrozenTime;
}

/** What freezes an environment at an instant. */
export interface Frozen {
  readonly because: string;
  /** When nothing freezes it any more, in epoch milliseconds; null when no end can be told. */
  readonly opensAt: number | null;
  readonly freezes: readonly Freeze[];
}

/** What of all that may freeze an environment does so at the instant, and until when; null when nothing does. Pure. */
export const frozenAt = (all: readonly Freeze[], environment: EnvironmentName, at: number): Frozen | null => {
  const freezes = all.filter(({ when, zone }) => frozenUntil(when, zone, at) !== null);
  const [first] = freezes;
  if (!first) return null;
  const opens = opensAt(all, at);
  const end = opens === null ? 'with no end in sight' : `until ${clockWords(opens, first.zone)}`;
  const why = freezes.map(({ reason, name, by }) => `${reason} (${name}, by ${by})`);
  return { because: `${environment} is frozen ${end}: ${why.join('; ')}`, opensAt: opens, freezes };
};
