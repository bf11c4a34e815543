import type { Death, Scenario } from './scenario.ts';
import { Died } from './twin.ts';

/** The control planes of a rehearsal, one after the other: each may die where the scenario says so. */
export interface Lives {
  /** Passes a point at which the present one may die; throws `Died` if it does. */
  boundary(now: number): void;
  /** Throws `Died` when the present one is to be dead by now. */
  live(now: number): void;
  /** How many points were passed so far, in all lives. */
  passed(): number;
  /** When the present one dies by the clock; a watch looks no further. */
  diesAt(): number;
  /** Of what the last one died. */
  death(): Death;
}

export const modelLives = ({ deaths }: Scenario): Lives => {
  const left = [...deaths];
  let passed = 0;
  let died: Death = { at: { ms: 0 }, backAfterMs: 0, actsLateMs: null };
  const live = (now: number): void => {
    const index = left.findIndex(({ at }) => ('ms' in at ? now >= at.ms : passed >= at.boundary));
    if (index === -1) return;
    died = left.splice(index, 1)[0] ?? died;
    throw new Died();
  };
  return {
    boundary: (now) => {
      passed++;
      live(now);
    },
    live,
    passed: () => passed,
    diesAt: () => Math.min(...left.map(({ at }) => ('ms' in at ? at.ms : Number.POSITIVE_INFINITY))),
    death: () => died,
  };
};
