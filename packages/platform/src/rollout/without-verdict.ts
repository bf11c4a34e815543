import type { Verdict } from '../monitoring/verdict.ts';
import type { Action, Wait } from './next-action.ts';

/** What an environment wants while there is no verdict. */
export interface Rules {
  /** How long a verdict is waited for, in milliseconds. */
  readonly verdictWithinMs: number;
  /** Then a person is asked, or it goes on with a mark. */
  readonly atDeadline: 'ask' | 'go-on';
}

/** A step that is neither passed nor failed: it waits, with probes where visitors are too few, until the deadline asks or lets it go on. */
export const withoutVerdict = (verdict: Verdict, waitedMs: number, { verdictWithinMs, atDeadline }: Rules): Action => {
  const isLate = waitedMs > verdictWithinMs;
  const isWarned = verdict.kind === 'warn';
  if (isLate && atDeadline === 'go-on')
    return { kind: 'settled', because: lateWords(verdict, verdictWithinMs), unproven: true };
  const probes = visitorsAreTooFew(verdict, waitedMs, verdictWithinMs);
  return new WaitForVerdict(verdict, {
    lateMs: isLate ? verdictWithinMs : null,
    heldBy: isLate || isWarned ? 'person' : null,
    probes,
  });
};

/** Its words are made when they are told, and not at each look. */
class WaitForVerdict implements Wait {
  readonly kind = 'wait';
  readonly heldBy: Wait['heldBy'];
  readonly probes: boolean;
  readonly verdict: Verdict;
  readonly lateMs: number | null;

  constructor(verdict: Verdict, more: { readonly lateMs: number | null } & Pick<Wait, 'heldBy' | 'probes'>) {
    this.verdict = verdict;
    this.heldBy = more.heldBy;
    this.probes = more.probes;
    this.lateMs = more.lateMs;
  }

  get because(): string {
    return this.lateMs === null ? this.verdict.because : lateWords(this.verdict, this.lateMs);
  }
}

const lateWords = ({ because }: Verdict, withinMs: number): string =>
  `no verdict after ${Math.round(withinMs / 1000)} s: ${because}`;

/** Before a while has passed, nobody knows how often visitors come. */
const rateKnownAfterMs = 5_000;

/**
 * Whether visitors, as often as they come, would bring no verdict in time. Only then do probes help: they ask for little
 * of what visitors ask for, so a fault that they do not meet would drown in them.
 */
export const visitorsAreTooFew = ({ kind, needs }: Verdict, waitedMs: number, withinMs: number): boolean =>
  kind === 'inconclusive' &&
  waitedMs >= Math.min(rateKnownAfterMs, withinMs / 10) &&
  needs.some(({ moreRequests, visitorsAtStep }) => moreRequests * waitedMs > visitorsAtStep * (withinMs - waitedMs));
