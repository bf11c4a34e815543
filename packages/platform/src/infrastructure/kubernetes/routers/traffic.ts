import type { Slot } from '@plumbline/contract/shape';

/** Which slot new visitors get: the part of a shape that a router needs. */
export interface Traffic {
  readonly stable: Slot;
  /** 0 to 100; the rest is stable's. */
  readonly candidateWeightPercent: number;
}

/** As an environment is when nothing moves, and as it is first made. */
export const atRest: Traffic = { stable: 'blue', candidateWeightPercent: 0 };

/** Whole percents of both slots, which sum to 100: routers take no fractions. */
export const weightsOf = ({ stable, candidateWeightPercent }: Traffic): Readonly<Record<Slot, number>> => {
  const candidate = Math.round(candidateWeightPercent);
  const weights = { blue: candidate, green: candidate };
  return { ...weights, [stable]: 100 - candidate };
};
