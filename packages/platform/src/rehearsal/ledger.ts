import type { Tally } from './requests.ts';
import type { World } from './world.ts';

/** One thing that happened, in milliseconds since the rollout began. */
export interface Happened {
  readonly atMs: number;
  readonly step: string;
  readonly what: string;
  /** Visitors who get the candidate from then on, in percent. */
  readonly sharePercent: number;
}

/** What a rehearsal comes to in numbers. */
export interface Sums {
  readonly tookMs: number;
  /** From the candidate's first request until it was decided to take it back, or to promote it; null without either. */
  readonly decidedAfterMs: number | null;
  /** From the candidate's first request until its share was 0; null when it never was again. */
  readonly backAfterMs: number | null;
  /** The candidate's share of the visitors, as a whole of all of them, times the minutes that they got it. */
  readonly trafficMinutes: number;
  readonly candidate: Tally;
  readonly stable: Tally;
  /** Empty unless it was asked for. */
  readonly timeline: readonly Happened[];
}

/** Writes down how visitors fared. */
export interface Ledger {
  note(step: string, what: string): void;
  /** The decision of the whole delivery: to promote, or to go back. Only the first counts. */
  decided(): void;
  changed(): void;
  sums(): Sums;
}

const minuteMs = 60_000;

export const openLedger = (world: World, withTimeline: boolean): Ledger => {
  const timeline: Happened[] = [];
  let share = 0;
  let since = 0;
  let shareMs = 0;
  let decidedAt: number | null = null;
  let backAt: number | null = null;
  const upToNow = (): void => {
    const now = world.now();
    shareMs += (share / 100) * (now - since);
    since = now;
  };
  const note = (step: string, what: string): void => {
    if (withTimeline) timeline.push({ atMs: world.now(), step, what, sharePercent: world.share() });
  };
  return {
    note,
    decided: () => {
      decidedAt ??= world.now();
    },
    changed: () => {
      if (world.share() === share) return;
      upToNow();
      share = world.share();
      backAt = share === 0 ? world.now() : null;
      note('weight', `${share} % of the visitors get the candidate`);
    },
    sums: () => {
      upToNow();
      const first = world.requests.firstAt();
      const { stable, candidate } = world.releases;
      return {
        tookMs: world.now(),
        decidedAfterMs: first === null || decidedAt === null ? null : Math.max(0, decidedAt - first),
        backAfterMs: first === null || backAt === null ? null : backAt - first,
        trafficMinutes: shareMs / minuteMs,
        candidate: world.requests.total(candidate),
        stable: world.requests.total(stable),
        timeline,
      };
    },
  };
};
