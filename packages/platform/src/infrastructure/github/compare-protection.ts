import type { ProtectedEnvironment, Protection, Reviewer } from './protection.ts';
import { type Ruleset, rulesetFor } from './ruleset.ts';

/** An environment as GitHub has it, in the words of the protection file. */
export interface ActualEnvironment {
  readonly branches: 'any' | 'protected' | readonly string[];
  readonly reviewers: readonly Reviewer[];
  readonly preventSelfReview: boolean;
  readonly waitMinutes: number;
}

export interface ActualProtection {
  readonly rulesets: readonly Ruleset[];
  /** Undefined: GitHub has none of that name. */
  readonly environments: Readonly<Record<string, ActualEnvironment | undefined>>;
}

/** One thing that GitHub has otherwise than the repository says. */
export interface Unlike {
  readonly kind: 'branch' | 'environment';
  readonly name: string;
  readonly because: string;
}

/** Everything that is otherwise, in the order of the file. More rules than are asked for are no difference. */
export const compareProtection = (wanted: Protection, actual: ActualProtection): readonly Unlike[] => [
  ...Object.entries(wanted.branches).flatMap(([name, branch]) =>
    branchUnlike(rulesetFor(name, branch), actual.rulesets).map(
      (because): Unlike => ({ kind: 'branch', name, because }),
    ),
  ),
  ...Object.entries(wanted.environments).flatMap(([name, environment]) =>
    environmentUnlike(environment, actual.environments[name]).map(
      (because): Unlike => ({ kind: 'environment', name, because }),
    ),
  ),
];

const branchUnlike = (wanted: ReturnType<typeof rulesetFor>, all: readonly Ruleset[]): readonly string[] => {
  const actual = all.find(({ name }) => name === wanted.name);
  if (actual === undefined) return [`GitHub has no ruleset "${wanted.name}"`];
  const [branch = ''] = wanted.conditions.ref_name.include;
  const covered = actual.conditions?.ref_name;
  return [
    ...(actual.enforcement === 'active' ? [] : [`its ruleset is ${actual.enforcement}, not active`]),
    ...(covered?.include.includes(branch) && covered.exclude.length === 0
      ? []
      : [`its ruleset does not cover ${branch}`]),
    ...((actual.bypass_actors ?? []).length === 0 ? [] : [`${actual.bypass_actors?.length} may pass its ruleset`]),
    ...wanted.rules.flatMap((rule) => ruleUnlike(rule, actual)),
  ];
};

interface WantedRule {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

const ruleUnlike = ({ type, parameters = {} }: WantedRule, actual: Ruleset): readonly string[] => {
  const found = actual.rules.find((one) => one.type === type);
  if (found === undefined) return [`the rule ${type} is missing`];
  return Object.entries(parameters)
    .filter(([key, value]) => !isEnough(value, found.parameters?.[key]))
    .map(([key, value]) => `${type}: ${key} is ${words(found.parameters?.[key])}, not ${words(value)}`);
};

/** A number may be higher; of a list each entry has to be there, with at least what is asked for. */
const isEnough = (wanted: unknown, actual: unknown): boolean => {
  if (typeof wanted === 'number') return typeof actual === 'number' && actual >= wanted;
  if (Array.isArray(wanted))
    return Array.isArray(actual) && wanted.every((one) => actual.some((other) => isEnough(one, other)));
  if (typeof wanted === 'object' && wanted !== null)
    return (
      typeof actual === 'object' &&
      actual !== null &&
      Object.entries(wanted).every(([key, value]) =>
        isEnough(value, Object.entries(actual).find(([one]) => one === key)?.[1]),
      )
    );
  return wanted === actual;
};

const environmentUnlike = (wanted: ProtectedEnvironment, actual: ActualEnvironment | undefined): readonly string[] => {
  if (actual === undefined) return ['GitHub has no such environment'];
  const missing = wanted.reviewers.filter((one) => !actual.reviewers.some((other) => words(other) === words(one)));
  const extra = actual.reviewers.filter((one) => !wanted.reviewers.some((other) => words(other) === words(one)));
  return [
    ...(sameBranches(wanted.branches, actual.branches)
      ? []
      : [`${words(actual.branches)} may deliver there, not ${words(wanted.branches)}`]),
    ...missing.map((one) => `${words(one)} is no reviewer`),
    // Whoever else may approve makes the approval mean less.
    ...extra.map((one) => `${words(one)} may approve as well`),
    ...(wanted.prevent_self_review && !actual.preventSelfReview ? ['the one who asks may approve'] : []),
    ...(actual.waitMinutes >= wanted.wait_minutes
      ? []
      : [`it waits ${actual.waitMinutes} minutes, not ${wanted.wait_minutes}`]),
  ];
};

const sameBranches = (wanted: ProtectedEnvironment['branches'], actual: ActualEnvironment['branches']): boolean =>
  words(wanted) === words(actual);

const words = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(words).sort().join(', ');
  if (typeof value !== 'object' || value === null) return String(value ?? 'not there');
  return Object.entries(value)
    .map(([key, one]) => (key === 'context' ? words(one) : `${key} ${words(one)}`))
    .join(' ');
};
