import type { FrozenTime } from './window.ts';

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
