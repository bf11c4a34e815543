import { setImmediate } from 'node:timers/promises';
import { type Rehearsal, type Rehearsed, rehearse } from './rehearse.ts';

/** What many runs of one rehearsal came to. Pairs are the median and 95 of 100; null where it never happened. */
export interface Outcomes {
  readonly scenario: string;
  readonly runs: number;
  /** How many ended in which way. */
  readonly ended: Readonly<Partial<Record<Rehearsed['outcome'], number>>>;
  readonly decidedAfterMs: Pair | null;
  readonly backAfterMs: Pair | null;
  readonly failedRequests: Pair | null;
  readonly trafficMinutes: Pair | null;
  /** What may never be, and was. */
  readonly broken: readonly string[];
}

type Pair = readonly [number, number];

export interface ManyOptions {
  readonly runs: number;
  /** Of the first run; each further one has the next. */
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Told now and then how many are done. */
  readonly tell?: (done: number) => void;
}

/** After so many runs, whoever wants to stop is heard. */
const atOnce = 10;

/** Runs a rehearsal many times, each with its own chance. Rejects with the signal's reason when it fires. */
export const rehearseMany = async (rehearsal: Rehearsal, options: ManyOptions): Promise<Outcomes> => {
  const { runs, seed, signal, tell } = options;
  const all: Rehearsed[] = [];
  while (all.length < runs) {
    signal.throwIfAborted();
    for (let n = Math.min(atOnce, runs - all.length); n > 0; n--)
      all.push(await rehearse(rehearsal, { seed: seed + all.length }));
    tell?.(all.length);
    await setImmediate();
  }
  return outcomesOf(rehearsal.scenario.name, all);
};

export const outcomesOf = (scenario: string, all: readonly Rehearsed[]): Outcomes => {
  const ended: Partial<Record<Rehearsed['outcome'], number>> = {};
  for (const { outcome } of all) ended[outcome] = (ended[outcome] ?? 0) + 1;
  return {
    ...{ scenario, runs: all.length, ended },
    decidedAfterMs: pairOf(all.map((one) => one.decidedAfterMs)),
    backAfterMs: pairOf(all.map((one) => one.backAfterMs)),
    failedRequests: pairOf(all.map((one) => one.candidate.failed)),
    trafficMinutes: pairOf(all.map((one) => one.trafficMinutes)),
    broken: all.flatMap(({ broken }) => broken).slice(0, 20),
  };
};

const pairOf = (numbers: readonly (number | null)[]): Pair | null => {
  const sorted = numbers.filter((one) => one !== null).sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return sorted.length === 0 ? null : [at(0.5), at(0.95)];
};
