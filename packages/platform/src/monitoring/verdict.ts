import type { ServiceName } from '@plumbline/contract/names';
import { noRequests, plus, type Tally } from './evidence.ts';
import { badOf, hasPassed, isSuspect, type Line, type Stretch } from './line.ts';
import type { Rule } from './rules.ts';
import type { Trial, Watched } from './trial.ts';
import { becauseOf } from './words.ts';

export type VerdictKind = 'pass' | 'warn' | 'fail' | 'inconclusive';

/**
 * What the candidate's requests say of it. `fail` takes its traffic away, `warn` holds the weight and tells people.
 * The kind is known at once; words and numbers take ten times as long, and are made when somebody asks for them.
 */
export interface Verdict {
  readonly kind: VerdictKind;
  readonly because: string;
  readonly readings: readonly Reading[];
  /** What a pass still lacks; empty when nothing does. */
  readonly needs: readonly Need[];
}

/** One test's numbers: since the trial began, and since the candidate was at its best, which is what a late fault shows in. */
export interface Reading {
  readonly scope: Rule['scope'];
  readonly judged: Rule['judged'];
  readonly level: Rule['level'];
  readonly state: 'against' | 'excused' | 'suspect' | 'passed' | 'open';
  readonly whole: Stretch;
  readonly recent: Stretch;
}

/** Requests that a service has to get before the step can pass, if none of them is bad. */
export interface Need {
  readonly service: ServiceName;
  readonly moreRequests: number;
  /** Requests of visitors at this step so far. */
  readonly visitorsAtStep: number;
  /** Whether nothing could be read of it at the last look. */
  readonly isUnread: boolean;
}

export const verdictOf = (trial: Trial): Verdict => new VerdictOfTrial(trial);

/** A class, for getters of an object literal would cost at each look what they are to save. */
class VerdictOfTrial implements Verdict {
  readonly kind: VerdictKind;
  readonly trial: Trial;

  constructor(trial: Trial) {
    this.kind = verdictKindOf(trial);
    this.trial = trial;
  }

  get because(): string {
    return becauseOf(this.kind, this.readings, this.needs, this.trial);
  }

  get readings(): readonly Reading[] {
    return this.trial.rules.map((rule, index) => readingOf(this.trial, rule, index));
  }

  get needs(): readonly Need[] {
    return needsOf(this.trial);
  }
}

/** The verdict without its words and numbers, for who asks thousands of times. */
export const verdictKindOf = (trial: Trial): VerdictKind => {
  const { rules, lines, watched, failedBy } = trial;
  if (failedBy !== null) return 'fail';
  if (lines.some((line, index) => line.standing === 'excused' && rules[index]?.level === 'fail')) return 'inconclusive';
  if (lines.some((line, index) => holdsWeight(line, rules[index]))) return 'warn';
  return watched.every((one) => one.candidate.gap === null && lacking(trial, one) === 0) ? 'pass' : 'inconclusive';
};

const holdsWeight = (line: Line, rule: Rule | undefined): boolean =>
  rule !== undefined && (rule.level === 'warn' ? line.standing === 'against' : isSuspect(line.score, rule));

const needsOf = (trial: Trial): readonly Need[] =>
  trial.watched
    .map((one) => ({
      service: one.service,
      moreRequests: lacking(trial, one),
      visitorsAtStep: one.candidate.grown.requests - one.candidate.grown.synthetic - one.visitorsBefore,
      isUnread: one.candidate.gap !== null,
    }))
    .filter((need) => need.moreRequests > 0 || need.isUnread);

const lacking = ({ rules, lines, settings }: Trial, one: Watched): number => {
  const atStep = one.candidate.grown.requests - one.requestsAtStep;
  return rules.reduce(
    (most, rule, index) => {
      const line = lines[index];
      if (line === undefined || rule.scope !== one.service || rule.level !== 'fail') return most;
      return Math.max(most, hasPassed(line.score, rule) ? 0 : line.score.points + rule.pass);
    },
    Math.max(0, settings.leastRequests - atStep),
  );
};

const readingOf = (trial: Trial, rule: Rule, index: number): Reading => {
  const { scope, judged, level } = rule;
  const line = trial.lines[index];
  const whole = wholeOf(trial.watched, rule);
  if (line === undefined) return { scope, judged, level, state: 'open', whole, recent: whole };
  return { scope, judged, level, state: stateOf(line, rule), whole, recent: line.score.sinceLow };
};

const stateOf = (line: Line, rule: Rule): Reading['state'] => {
  if (line.standing !== 'open') return line.standing;
  if (isSuspect(line.score, rule)) return 'suspect';
  return hasPassed(line.score, rule) ? 'passed' : 'open';
};

const wholeOf = (watched: readonly Watched[], { scope, judged, level }: Rule): Stretch => {
  const mine = watched.filter((one) => scope === 'all' || one.service === scope);
  const candidate = sum(mine.map((one) => one.candidate.grown));
  const stable = sum(mine.map((one) => one.stable.grown));
  return {
    requests: candidate.requests,
    bad: badOf(judged, level, candidate),
    synthetic: candidate.synthetic,
    stableRequests: stable.requests,
    stableBad: badOf(judged, level, stable),
  };
};

const sum = (tallies: readonly Tally[]): Tally => tallies.reduce(plus, noRequests);
